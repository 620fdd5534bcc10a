/** ONNX files that hold parameters in halves and integers, and what is wrong with damaged ones. */
import assert from "node:assert/strict";
import { onnxTensor } from "../../export/onnx_graph.ts";
import { encodeOnnx } from "../../export/onnx_schema.ts";
import { foldedMetadata } from "../../weights/folded_norms.ts";
import { readOnnx } from "../../weights/onnx.ts";
import { WeightsError } from "../../weights/tensor.ts";

async function read(
  initializer: ReturnType<typeof onnxTensor>[],
  metadata: Record<string, string> = {},
) {
  const path = await Deno.makeTempFile({ suffix: ".onnx" });
  await Deno.writeFile(path, encodeOnnx({ graph: { name: "", initializer }, metadata }));
  try {
    return (await readOnnx(path)).tensors;
  } finally {
    await Deno.remove(path);
  }
}

const refuses = (why: RegExp) => (error: unknown) =>
  error instanceof WeightsError && error.message.includes(".onnx") && why.test(error.message);

Deno.test("halves are widened, integers multiplied by the scale of their channel", async () => {
  const tensors = await read([
    onnxTensor("half", [2], new Float16Array([0.1, -3])),
    onnxTensor("w", [2, 3], Int8Array.of(-128, 0, 127, 1, 2, 3)),
    onnxTensor("w.scale", [2], Float32Array.of(0.5, 10)),
    onnxTensor("b", [2], Int32Array.of(70000, -1)),
    onnxTensor("b.scale", [2], Float32Array.of(0.25, 4)),
    onnxTensor("shape", [2], BigInt64Array.of(1n, 2n)),
    onnxTensor("lonely", [1], Int8Array.of(1)),
  ]);
  assert.deepEqual(Object.fromEntries(tensors), {
    half: { shape: [2], dtype: "float32", data: Float32Array.from(new Float16Array([0.1, -3])) },
    w: { shape: [2, 3], dtype: "float32", data: Float32Array.of(-64, 0, 63.5, 10, 20, 30) },
    b: { shape: [2], dtype: "float32", data: Float32Array.of(17500, -4) },
  });
});

Deno.test("norms that were folded add their bias and change nothing else", async () => {
  const bias = onnxTensor("norm.bias", [2], Float32Array.of(3, -4));
  const tensors = await read([bias], foldedMetadata([{ norm: "norm", epsilon: 1e-3 }]));
  const of = (part: string, channel: number) =>
    tensors.get(`norm.${part}`)!.data[channel] as number;
  for (const channel of [0, 1]) {
    for (const x of [-100, 0, 7]) {
      const deviation = Math.sqrt(of("running_var", channel) + 1e-3);
      const y = (x - of("running_mean", channel)) / deviation * of("weight", channel) +
        of("bias", channel);
      assert.ok(Math.abs(y - (x + [3, -4][channel])) < 1e-5);
    }
  }
});

Deno.test("scales and norms that cannot be are refused, naming them", async () => {
  await assert.rejects(
    read([
      onnxTensor("w", [3, 1], Int8Array.of(1, 2, 3)),
      onnxTensor("w.scale", [2], Float32Array.of(1, 1)),
    ]),
    refuses(/w has 2 scales, but 3 channels/),
  );
  for (const text of ["{", '{"norm":"x"}', '{"norm":-1}', '{"norm":1}']) {
    await assert.rejects(
      read([onnxTensor("norm.bias", [1], Float32Array.of(1))], { graft_folded: text }),
      refuses(/batch norms \("graft_folded" in its metadata\) is wrong.*Export the model again/),
    );
  }
  // A norm without its bias is the model's to miss.
  assert.deepEqual([...(await read([], { graft_folded: '{"gone":0.001}' })).keys()], []);
});

Deno.test("a tensor of fewer bytes than its type and shape say is refused", async () => {
  const short = onnxTensor("w", [3], new Float16Array(2));
  await assert.rejects(read([short]), refuses(/w has 4 bytes, which is not float16 \[3\]/));
});
