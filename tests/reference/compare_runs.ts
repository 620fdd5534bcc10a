/**
 * `deno run -A tests/reference/compare_runs.ts OURS THEIRS`: two runs laid side by side. OURS is an
 * artifact of train_finetune or train_frozen, THEIRS what tutorial.py left.
 */
import { Generator } from "../../data/torch_random.ts";
import type { ModelManifest } from "../../models/manifest.ts";
import { findArchitecture } from "../../models/registry.ts";
import { replaceHead } from "../../training/head.ts";
import type { History } from "../../training/history.ts";
import type { TracedStep } from "../../training/trace.ts";

const [ours, theirs] = Deno.args;
const readJson = async <T>(path: string): Promise<T> => JSON.parse(await Deno.readTextFile(path));
const readTrace = async (folder: string): Promise<TracedStep[]> =>
  (await Deno.readTextFile(`${folder}/trace.ndjson`)).trimEnd().split("\n")
    .map((line) => JSON.parse(line));

const { architecture, classes, training } = await readJson<ModelManifest>(`${ours}/model.json`);
const [mine, yours] = [await readTrace(ours), await readTrace(theirs)];
console.log(`${architecture}, ${training!.branch}, seed ${training!.seed}`);

const head = headOf(architecture, (classes as string[]).length, training!.seed);
share("values of the head", head, (await readJson<number[][]>(`${theirs}/head.json`)).flat());
const photos = (trace: TracedStep[]) => trace.flatMap(({ photos }) => photos);
for (const what of ["path", "box", "flip"] as const) {
  const each = (trace: TracedStep[]) => photos(trace).map((photo) => JSON.stringify(photo[what]));
  share(`photos by ${what}`, each(mine), each(yours));
}

const differences = mine.map(({ loss }, i) => Math.abs(loss - yours[i].loss) / yours[i].loss);
console.log(
  `losses of the first 10 steps differ by ${percent(Math.max(...differences.slice(0, 10)))}`,
);
console.log(`losses of all ${differences.length} steps, by ${percent(Math.max(...differences))}`);

const { epochs } = await readJson<History>(`${ours}/history.json`);
const { epochs: peers } = await readJson<History>(`${theirs}/history.json`);
epochs.forEach(({ epoch, train, val }, i) => {
  const peer = peers[i];
  const off = percent(Math.abs(train.loss - peer.train.loss) / peer.train.loss);
  console.log(
    `epoch ${epoch + 1}: train loss ${train.loss.toFixed(6)}, theirs ` +
      `${peer.train.loss.toFixed(6)} (${off}); val accuracy ${percent(val.accuracy)}, theirs ` +
      `${percent(peer.val.accuracy)}; val loss ${val.loss.toFixed(6)}, theirs ` +
      `${peer.val.loss.toFixed(6)}`,
  );
});

/** The new head, as the training steps draw it, in torch's layout. */
function headOf(name: string, classes: number, seed: number): number[] {
  const architecture = findArchitecture(name);
  const tensors = replaceHead(new Map(), architecture, classes, new Generator(seed));
  const { shape: [features], data } = tensors.get(`${architecture.head}.weight`)!;
  const weight = Array.from(
    data,
    (_, i) => data[(i % features) * classes + Math.floor(i / features)],
  );
  return [...weight, ...tensors.get(`${architecture.head}.bias`)!.data];
}

function share(what: string, a: readonly unknown[], b: readonly unknown[]): void {
  const same = a.length === b.length ? a.filter((value, i) => value === b[i]).length : 0;
  console.log(`${same} of ${b.length} ${what} are the same`);
}

function percent(value: number): string {
  return `${(100 * value).toPrecision(4)}%`;
}
