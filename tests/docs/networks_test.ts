/** The lists of networks in README.md and docs/networks.md name all there are, and say the same of them. */
import assert from "node:assert/strict";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { ARCHITECTURES } from "../../models/registry.ts";

const ROOT = new URL("../../", import.meta.url);

/** Name, parameters and accuracy of each row. */
async function rowsOf(page: string): Promise<string[][]> {
  const text = await Deno.readTextFile(new URL(page, ROOT));
  return text.split("\n").map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, name, parameters]) => /^`\w+`$/.test(name ?? "") && /^[\d.]+ M$/.test(parameters))
    .map(([, name, parameters, accuracy]) => [
      name.slice(1, -1),
      parameters,
      accuracy.replace(" ¹", ""),
    ]);
}

Deno.test("the page lists every network, with as many parameters as it has", async () => {
  const listed = await rowsOf("docs/networks.md");
  assert.deepEqual(
    Object.fromEntries(listed.map(([name, parameters]) => [name, parameters])),
    Object.fromEntries(ARCHITECTURES.map((architecture) => {
      const { name, head } = architecture;
      const count = parameterSpecs(architecture, 1000)
        // DINOv2's file has no head.
        .filter((spec) => spec.trainable && !(/^dinov2/.test(name) && spec.name.startsWith(head)))
        .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
      return [name, `${(count / 1e6).toFixed(1)} M`];
    })),
  );
});

Deno.test("README.md has the same list", async () => {
  assert.deepEqual(await rowsOf("README.md"), await rowsOf("docs/networks.md"));
});
