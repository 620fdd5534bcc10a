/** The pipeline of docs/pipeline.md does what that page says. */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const EXAMPLE = new URL("docs/pipeline_example/", ROOT);

interface Event {
  type: string;
  step: string;
  status: string;
  artifact: string;
}

Deno.test("the page quotes the programs as they are", async () => {
  const page = await Deno.readTextFile(new URL("docs/pipeline.md", ROOT));
  for (const file of ["pipeline.ts", "rank.ts"]) {
    assert.ok(page.includes((await Deno.readTextFile(new URL(file, EXAMPLE))).trimEnd()), file);
  }
});

Deno.test("words are ranked; what did not change is not done again", async () => {
  const folder = await Deno.makeTempDir();
  const run = async (top: string) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "docs/pipeline_example/pipeline.ts",
        `${folder}/text`,
        `${folder}/store`,
        top,
      ],
      cwd: ROOT,
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const events: Event[] = new TextDecoder().decode(stdout).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    const finished = events.filter(({ type }) => type === "step_finished");
    const rank = finished.find(({ step }) => step === "rank")!;
    return {
      statuses: Object.fromEntries(finished.map(({ step, status }) => [step, status])),
      ranking: await Deno.readTextFile(`${rank.artifact}/ranking.txt`),
    };
  };
  await Deno.writeTextFile(`${folder}/text`, "the cat and the dog and the bird");
  assert.deepEqual(await run("2"), {
    statuses: { split: "ran", count: "ran", rank: "ran" },
    ranking: "the 3\nand 2",
  });
  assert.deepEqual((await run("2")).statuses, { split: "cached", count: "cached", rank: "cached" });
  assert.deepEqual(await run("1"), {
    statuses: { split: "cached", count: "cached", rank: "ran" },
    ranking: "the 3",
  });
  await Deno.writeTextFile(`${folder}/text`, "the cat, and the dog, and the bird");
  assert.deepEqual((await run("1")).statuses, { split: "ran", count: "cached", rank: "cached" });
  await Deno.remove(folder, { recursive: true });
});
