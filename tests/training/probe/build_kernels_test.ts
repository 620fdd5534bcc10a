import assert from "node:assert/strict";
import { kernelModule } from "../../../training/probe/build_kernels.ts";

Deno.test("row_products_wasm.ts is what its source compiles to", async () => {
  const module = new URL("../../../training/probe/row_products_wasm.ts", import.meta.url);
  assert.equal(
    await Deno.readTextFile(module),
    await kernelModule(),
    "training/probe/row_products_wasm.ts is older than its source: run `deno task build:wasm`",
  );
});
