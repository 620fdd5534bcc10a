import assert from "node:assert/strict";
import { BASELINE_OF, compileKernels, sha256, SHARED } from "../../../backend/wasm/build.ts";

const FOLDER = new URL("../../../backend/wasm/", import.meta.url);
const REMEDY = "is older than its sources: run `deno task build:wasm`";

Deno.test("kernels.wasm is what the sources compile to", async () => {
  const committed = await Deno.readFile(new URL("kernels.wasm", FOLDER));
  const built = await compileKernels();
  assert.ok(
    built.length === committed.length && built.every((byte, i) => byte === committed[i]),
    `backend/wasm/kernels.wasm ${REMEDY}`,
  );
});

Deno.test("kernels_baseline.wasm was compiled with kernels.wasm", async () => {
  const baseline = await Deno.readFile(new URL("kernels_baseline.wasm", FOLDER));
  const [of] = WebAssembly.Module.customSections(await WebAssembly.compile(baseline), BASELINE_OF);
  const kernels = await Deno.readFile(new URL("kernels.wasm", FOLDER));
  assert.deepEqual(
    new Uint8Array(of),
    await sha256(kernels),
    `backend/wasm/kernels_baseline.wasm ${REMEDY}`,
  );
});

for (const [name, source] of Object.entries(SHARED)) {
  Deno.test(`${name} is what the tables of backend/wasm/abi give`, async () => {
    const committed = await Deno.readTextFile(new URL(name, FOLDER));
    assert.ok(committed === source(), `backend/wasm/${name} ${REMEDY}`);
  });
}
