import assert from "node:assert/strict";
import { kernelModule, KERNELS } from "../../data/build_kernels.ts";

for (const kernels of KERNELS) {
  Deno.test(`${kernels.module} is what ${kernels.source} compiles to`, async () => {
    assert.equal(
      await Deno.readTextFile(new URL(`../../${kernels.module}`, import.meta.url)),
      await kernelModule(kernels),
      `${kernels.module} is older than its sources: run \`deno task build:wasm\``,
    );
  });
}
