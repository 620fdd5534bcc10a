/** PyTorch's files of weights: every value of those that are sound, and the refusal of the others. */
import { readStateDict } from "../../weights/read.ts";
import { readSafetensors } from "../../weights/safetensors.ts";
import { type Check, Equality } from "./check.ts";
import { fixturePath, readFixture } from "./fixtures.ts";

/** As tests/reference/weights.py writes it. */
interface WeightsFixture {
  files: { file: string; prefix: string }[];
  /** Files that run code, or are cut off. */
  reject: string[];
}

export async function* checkWeights(): AsyncGenerator<Check> {
  const { files, reject } = await readFixture<WeightsFixture>("weights/manifest.json");
  const saved = await readSafetensors(fixturePath("weights/fixtures.safetensors"));

  const values = new Equality();
  for (const { file, prefix } of files) {
    const tensors = await readStateDict(fixturePath(`weights/${file}`));
    for (const [name, { data }] of saved.tensors) {
      if (!name.startsWith(prefix)) continue;
      const ours = tensors.get(name.slice(prefix.length))?.data ?? [];
      values.values(
        `${name} of ${file}`,
        Array.from<unknown>(ours as Iterable<unknown>),
        Array.from<unknown>(data as Iterable<unknown>),
      );
    }
  }
  yield values.check("weights", `${files.length} .pth files, zip and legacy: values`);

  const refusals = new Equality();
  for (const file of reject) {
    const read = await readStateDict(fixturePath(`weights/${file}`)).then(() => true, () => false);
    refusals.values(file, [read], [false]);
  }
  yield refusals.check("weights", "files with code, or cut off: accepted");
}
