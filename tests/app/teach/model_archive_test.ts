/** What a page hands out is what `deno task export` writes. */
import assert from "node:assert/strict";
import { modelArchive } from "../../../app/teach/model_archive.ts";
import { modelCard } from "../../../export/model_card.ts";
import { onnxBytes } from "../../../export/onnx.ts";
import { exportSafetensors } from "../../../export/torch.ts";
import { tfjsFiles } from "../../../export/tfjs.ts";
import { randomModel } from "../../export/random_model.ts";

const model = randomModel("mobilenet_v3_small");

/** Told apart by their digests: what differs in megabytes, nobody reads. */
async function assertSame(blob: Blob | undefined, bytes: Uint8Array, what: string): Promise<void> {
  const digest = async (of: BufferSource) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", of)).toHex();
  assert.equal(blob!.size, bytes.length, what);
  assert.equal(
    await digest(await blob!.arrayBuffer()),
    await digest(bytes as Uint8Array<ArrayBuffer>),
    what,
  );
}

Deno.test("safetensors, byte for byte, with its card", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/model.safetensors`;
    await exportSafetensors(model, path);
    const files = modelArchive("safetensors", model, {});
    await assertSame(files.get("model.safetensors"), await Deno.readFile(path), path);
    assert.equal(
      await files.get("README.md")!.text(),
      modelCard("safetensors", "model.safetensors", model.description, {}),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("ONNX and TensorFlow.js, byte for byte", async () => {
  await assertSame(modelArchive("onnx", model, {}).get("model.onnx"), onnxBytes(model), "ONNX");
  const files = modelArchive("tfjs", model, {});
  for (const [name, bytes] of tfjsFiles(model)) {
    await assertSame(files.get(name), bytes, name);
  }
});
