import assert from "node:assert/strict";
import { compileKernels, SHARED } from "../../../backend/wasm/build.ts";

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

for (const [name, source] of Object.entries(SHARED)) {
  Deno.test(`${name} is what the tables of backend/wasm/abi give`, async () => {
    const committed = await Deno.readTextFile(new URL(name, FOLDER));
    assert.ok(committed === source(), `backend/wasm/${name} ${REMEDY}`);
  });
}
