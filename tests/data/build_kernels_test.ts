import assert from "node:assert/strict";
import { photoKernelModule } from "../../data/build_kernels.ts";

Deno.test("photo_kernels_wasm.ts is what its sources compile to", async () => {
  assert.equal(
    await Deno.readTextFile(new URL("../../data/photo_kernels_wasm.ts", import.meta.url)),
    await photoKernelModule(),
    "data/photo_kernels_wasm.ts is older than its sources: run `deno task build:wasm`",
  );
});
