/** Training that goes on where it stopped, as a user would meet it. */
import assert from "node:assert/strict";
import { hashFile } from "../../pipeline/digest.ts";
import { graft, graftUntil, type Outcome } from "./graft.ts";
import { writePhotoFolder } from "./generated_photos.ts";
import { writeRandomWeights } from "./random_weights.ts";

const BRANCHES = ["train_finetune", "train_frozen"];
const EPOCHS = 3;

const finished = ({ json }: Outcome, step: string) =>
  json.find((event) => event.type === "step_finished" && event.step === step);

/** Epochs that a step trained in this very run, counted from 1 as people do. */
const epochsTrained = ({ json }: Outcome, step: string) =>
  json.filter((event) => event.type === "step_log" && event.step === step)
    .flatMap(({ text }) => /^epoch (\d+)/.exec(text)?.slice(1).map(Number) ?? []);

/** Digests: of megabytes that differ, no message should print the difference. */
async function filesOf(outcome: Outcome, step: string): Promise<Record<string, string>> {
  const { artifact } = finished(outcome, step);
  const picture = `../../../pictures/curves_${step.slice("train_".length)}.png`;
  const names = ["best.safetensors", "model.json", "trace.ndjson", "curves.json", picture];
  const files = names.map(async (name) => [name, (await hashFile(`${artifact}/${name}`)).sha256]);
  return Object.fromEntries(await Promise.all(files));
}

Deno.test("training goes on where it stopped, to the very same bytes", async (t) => {
  const folder = await Deno.makeTempDir();
  const at = { cwd: folder };
  await writePhotoFolder(`${folder}/photos`, { train: 3, val: 1 });
  await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
  const flags = (store: string, epochs: number) => [
    "--recipe=quick",
    "--data=photos",
    "--weights=weights.safetensors",
    "--model=mobilenet_v2",
    "--backend=wasm",
    `--store=${store}`,
    `--epochs=${epochs}`,
    "--json",
  ];
  const train = (store: string, epochs: number, ...more: string[]) =>
    graft(["run", ...BRANCHES, ...flags(store, epochs), ...more], at);

  const prepared = await graft(
    ["run", "build_datasets", "convert_weights", ...flags("whole", 1)],
    at,
  );
  assert.equal(prepared.code, 0, prepared.stderr);
  for (const store of ["killed", "longer"]) {
    await new Deno.Command("cp", { args: ["-r", `${folder}/whole`, `${folder}/${store}`] })
      .output();
  }
  const whole = await graft(["run", ...flags("whole", EPOCHS)], at);
  assert.equal(whole.code, 0, whole.stderr);

  await t.step("a killed training loses no whole epoch that was kept", async () => {
    const secondEpoch = /"train_finetune","text":"epoch 2/;
    const child = await graftUntil(
      secondEpoch,
      ["run", ...BRANCHES, ...flags("killed", EPOCHS)],
      at,
    );
    child.kill("SIGKILL");
    await child.output().catch(() => {});
    const rerun = await train("killed", EPOCHS);
    assert.equal(rerun.code, 0, rerun.stderr);
    assert.ok([2, 3].includes(epochsTrained(rerun, "train_finetune")[0]));
    for (const step of BRANCHES) {
      assert.deepEqual(await filesOf(rerun, step), await filesOf(whole, step), step);
    }
  });

  await t.step("more epochs train only the new ones", async () => {
    const short = await train("longer", 1);
    assert.deepEqual(epochsTrained(short, "train_frozen"), [1], short.stderr);
    const longer = await train("longer", EPOCHS);
    for (const step of BRANCHES) {
      assert.deepEqual(epochsTrained(longer, step), [2, 3]);
      assert.deepEqual(await filesOf(longer, step), await filesOf(whole, step), step);
      const history = JSON.parse(
        await Deno.readTextFile(`${finished(longer, step).artifact}/history.json`),
      );
      assert.equal(history.epochs.length, EPOCHS);
      assert.ok(
        history.epochs.every(({ train }: { train: { seconds: number } }) => train.seconds > 0),
      );
    }
  });

  await t.step("training again to an equal result reruns nothing after it", async () => {
    const again = await train("whole", EPOCHS, "--force");
    for (const step of BRANCHES) {
      assert.equal(finished(again, step).status, "ran");
      assert.deepEqual(epochsTrained(again, step), [1, 2, 3]);
      assert.deepEqual(await filesOf(again, step), await filesOf(whole, step), step);
    }
    const { json } = await graft(["plan", ...flags("whole", EPOCHS)], at);
    assert.deepEqual(json.map(({ status }) => status), Array(7).fill("cached"));
  });

  await t.step("a loss that is not finite names the last checkpoint", async () => {
    // Steps so large that the second epoch's logits overflow.
    const { code, stderr } = await graft(
      ["run", "train_frozen", ...flags("whole", EPOCHS), "--lr=2e36", "--batch=16"],
      at,
    );
    assert.equal(code, 1);
    assert.match(stderr, /became NaN in epoch 2.*the last checkpoint.*epoch 1\/3: .*\/states\/1\//);
  });

  await Deno.remove(folder, { recursive: true });
});
