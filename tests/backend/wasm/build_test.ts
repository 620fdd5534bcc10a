import assert from "node:assert/strict";
import { compileKernels } from "../../../backend/wasm/build.ts";

Deno.test("kernels.wasm is what the sources compile to", async () => {
  const committed = await Deno.readFile(
    new URL("../../../backend/wasm/kernels.wasm", import.meta.url),
  );
  const built = await compileKernels();
  assert.ok(
    built.length === committed.length && built.every((byte, i) => byte === committed[i]),
    "backend/wasm/kernels.wasm is older than its sources: run `deno task build:wasm`",
  );
});
