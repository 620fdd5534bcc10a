/** Between which values activations lie when a network looks at photos: fixed scales are made of it. */
import type { ExportedModel } from "./exported_model.ts";
import { valueInfo } from "./onnx_graph.ts";
import { type ActivationRanges, quantizedActivations } from "./onnx_int8.ts";
import { floatTensors, foldedNetwork } from "./onnx_network.ts";
import { openOnnx } from "./onnx_runtime.ts";
import { encodeOnnx } from "./onnx_schema.ts";

/**
 * Looks at photos with the model, in onnxruntime's WebAssembly. A range goes from the mean of the photos'
 * least values to that of their largest: what one photo in many has beyond it is cut off, and all others
 * have finer steps.
 *
 * @param photos [3, size, size] each, normalised
 */
export async function activationRanges(
  model: ExportedModel,
  photos: AsyncIterable<Float32Array> | Iterable<Float32Array>,
): Promise<ActivationRanges> {
  const { bytes, names } = rangesModel(model);
  const { session, ort } = await openOnnx(bytes);
  const { size } = model.description.preprocessing;
  const seen = names.map(() => ({ lows: [] as number[], highs: [] as number[] }));
  for await (const photo of photos) {
    const images = new ort.Tensor("float32", photo, [1, 3, size, size]);
    const { lows, highs } = await session.run({ images });
    seen.forEach((range, i) => {
      range.lows.push((lows.data as Float32Array)[i]);
      range.highs.push((highs.data as Float32Array)[i]);
    });
  }
  await session.release();
  if (seen[0].lows.length === 0) throw new RangeError("without photos no activation has a range");
  return new Map(names.map((name, i) => {
    const { lows, highs } = seen[i];
    return [name, { low: mean(lows), high: mean(highs) }];
  }));
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** `images` to `lows` and `highs` [batch, activations]: the least and largest value of each. */
function rangesModel(model: ExportedModel): { bytes: Uint8Array; names: string[] } {
  const { graph, parameters } = foldedNetwork(model, "images");
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
      initializer: floatTensors(parameters),
      input: [valueInfo("images", ["batch", 3, size, size])],
      output: ["lows", "highs"].map((name) => valueInfo(name, ["batch", names.length])),
    },
  });
  return { bytes, names };
}
