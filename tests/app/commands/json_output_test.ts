/** With --json, stdout has JSON objects, one a line, and nothing else, also where a command fails. */
import assert from "node:assert/strict";
import { graft } from "../../tasks/graft.ts";
import { writePhotoFolder } from "../../tasks/generated_photos.ts";
import { writeRandomWeights } from "../../tasks/random_weights.ts";

const MODEL = ["--weights=weights.safetensors", "--model=mobilenet_v2", "--classes=classes.txt"];
const DATA = ["--recipe=quick", "--data=photos", ...MODEL.slice(0, 2), "--backend=wasm"];

/** Arguments, exit code, and how many objects there are: in one order, on one store. */
const CASES: [string[], code: number, objects: number][] = [
  [["runs"], 0, 0],
  [["plan", ...DATA], 0, 7],
  [["dag", ...DATA], 0, 7],
  [["why", "predict", ...DATA], 0, 1],
  [["why", "nothing", ...DATA], 2, 0],
  // Of the run its start and end; of the step its start, its result and its end.
  [["run", "convert_weights", ...DATA], 0, 5],
  [["runs"], 0, 1],
  [["runs", "latest"], 0, 1],
  [["compare", "latest", "latest"], 0, 0],
  [["compare", "latest", "yesterday"], 2, 0],
  [["pin", "mine", "latest"], 0, 1],
  [["pin"], 0, 1],
  [["unpin", "mine"], 0, 1],
  [["unpin", "mine"], 1, 0],
  [["gc", "--dry-run"], 0, 0],
  [["verify"], 0, 0],
  [["report"], 1, 0],
  [["predict", "photos/val", ...MODEL], 0, 2],
  [["predict", "nowhere.jpg", ...MODEL], 1, 1],
  [["predict", "nowhere.jpg"], 1, 0],
  [["export", "--format=onnx", ...MODEL], 0, 1],
  [["export", "--format=onnx", ...MODEL], 1, 0],
  [["serve", "--port=0"], 1, 0],
  [["inspect", "nowhere"], 2, 0],
  [["start"], 2, 0],
  [["start", "--data=nowhere", "--yes"], 2, 0],
  [["frobnicate"], 2, 0],
];

Deno.test("--json leaves nothing but objects on stdout, whatever becomes of the command", async (t) => {
  const folder = await Deno.makeTempDir();
  await writePhotoFolder(`${folder}/photos`, { train: 2, val: 1 });
  await Deno.writeTextFile(
    `${folder}/classes.txt`,
    Array.from({ length: 1000 }, (_, i) => `kind ${i}`).join("\n"),
  );
  await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
  for (const [args, code, objects] of CASES) {
    await t.step(`${args.slice(0, 2).join(" ")} exits with ${code}`, async () => {
      // Which parses every line.
      const outcome = await graft([...args, "--store=store", "--json"], { cwd: folder });
      assert.equal(outcome.code, code, outcome.stderr);
      const isRun = outcome.json.some(({ type }) => type === "run_started");
      const counted = outcome.json.filter(({ type }) =>
        !isRun || !["step_progress", "step_log"].includes(type)
      );
      assert.equal(counted.length, objects, outcome.stdout);
      if (code !== 0 && args[1] !== "nowhere.jpg") assert.match(outcome.stderr, /^graft: /m);
    });
  }
  await Deno.remove(folder, { recursive: true });
});
