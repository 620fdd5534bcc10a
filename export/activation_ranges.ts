/** Between which values activations lie when a network looks at photos: fixed scales are made of it. */
import { classesOf, type ExportedModel } from "./exported_model.ts";
import { onnxBytes } from "./onnx.ts";
import { valueInfo } from "./onnx_graph.ts";
import { type ActivationRanges, quantizedActivations } from "./onnx_int8.ts";
import { foldedNetwork, initializersOf } from "./onnx_network.ts";
import { openOnnx } from "./onnx_runtime.ts";
import { encodeOnnx } from "./onnx_schema.ts";

/** Of so many photos one is asked again, to see which ranges serve. */
const ONE_IN = 4;

/**
 * Looks at photos with the model, in onnxruntime's WebAssembly. Ranges hold all values of all photos, or
 * go from the mean of the photos' least to that of their largest values, which cuts off what few photos
 * have and leaves finer steps to all others: those of which logits are nearer to the model's are taken.
 *
 * @param photos [3, size, size] each, normalised
 */
export async function activationRanges(
  model: ExportedModel,
  photos: Iterable<Float32Array>,
): Promise<ActivationRanges> {
  const { size } = model.description.preprocessing;
  const { bytes, names } = rangesModel(model);
  const seen = names.map(() => ({ lows: [] as number[], highs: [] as number[] }));
  const asked: { photo: Float32Array; logits: Float32Array }[] = [];
  let count = 0;
  {
    const { session, ort } = await openOnnx(bytes);
    for (const photo of photos) {
      const images = new ort.Tensor("float32", photo, [1, 3, size, size]);
      const { lows, highs, logits } = await session.run({ images });
      seen.forEach((range, i) => {
        range.lows.push((lows.data as Float32Array)[i]);
        range.highs.push((highs.data as Float32Array)[i]);
      });
      if (count++ % ONE_IN === 0) asked.push({ photo, logits: logits.data as Float32Array });
    }
    await session.release();
  }
  if (count === 0) throw new RangeError("without photos no activation has a range");
  const candidates: ActivationRanges[] = [
    new Map(seen.map(({ lows, highs }, i) => [names[i], { low: mean(lows), high: mean(highs) }])),
    new Map(seen.map(({ lows, highs }, i) => [
      names[i],
      { low: Math.min(...lows), high: Math.max(...highs) },
    ])),
  ];
  const errors: number[] = [];
  for (const precision of candidates) {
    const { session, ort } = await openOnnx(onnxBytes(model, { precision }));
    let error = 0;
    for (const { photo, logits: expected } of asked) {
      const images = new ort.Tensor("float32", photo, [1, 3, size, size]);
      const logits = (await session.run({ images })).logits.data as Float32Array;
      error += expected.reduce((sum, value, i) => sum + (value - logits[i]) ** 2, 0);
    }
    errors.push(error);
    await session.release();
  }
  return candidates[errors[0] < errors[1] ? 0 : 1];
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** `images` to `logits`, and to `lows` and `highs` [batch, activations]: the least and largest of each. */
function rangesModel(model: ExportedModel): { bytes: Uint8Array; names: string[] } {
  const { graph, parameters, logits } = foldedNetwork(model, "images");
  graph.output("logits", logits);
  const names = quantizedActivations(graph.nodes, parameters);
  const { size } = model.description.preprocessing;
  for (const [output, opType] of [["lows", "ReduceMin"], ["highs", "ReduceMax"]]) {
    const each = names.map((name) => {
      const flat = graph.add("Flatten", `${name}.${output}.flat`, [name], { axis: 1 });
      return graph.add(opType, `${name}.${output}`, [flat], { axes: [1], keepdims: 1 });
    });
    graph.output(output, graph.add("Concat", `${output}.all`, each, { axis: 1 }));
  }
  const bytes = encodeOnnx({
    graph: {
      name: "ranges",
      node: [...graph.constants, ...graph.nodes],
      initializer: initializersOf(parameters),
      input: [valueInfo("images", ["batch", 3, size, size])],
      output: [
        valueInfo("logits", ["batch", classesOf(model.description)]),
        ...["lows", "highs"].map((name) => valueInfo(name, ["batch", names.length])),
      ],
    },
  });
  return { bytes, names };
}
