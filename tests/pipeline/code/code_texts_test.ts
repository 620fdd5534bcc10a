import assert from "node:assert/strict";
import fc from "fast-check";
import { gc } from "../../../pipeline/upkeep/gc.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { plan } from "../../../pipeline/explain/plan.ts";
import { run } from "../../../pipeline/run.ts";
import { countLines } from "../../../pipeline/code/line_counts.ts";
import { Folder, schemaOf, STEPS, writeText } from "../rig.ts";

/** A project with one step, whose code a test may edit. */
class Project extends Folder {
  readonly pipeline = definePipeline([{
    ...writeText("step"),
    parameters: schemaOf({ text: "" }),
    module: new URL(`file://${this.path}/step.ts`),
  }]);

  constructor() {
    super();
    this.write("deno.json", "{}");
    this.write(
      "step.ts",
      `import { runStep } from "${new URL("../../../pipeline/process/step.ts", STEPS)}";
import { words } from "./words.ts";

await runStep(({ output }) => Deno.writeTextFile(output + "/text.txt", words.join(" ")));
`,
    );
    this.edit(["one", "two", "three"]);
  }

  edit(words: string[]): void {
    const lines = words.map((word) => `  "${word}",\n`).join("");
    this.write("words.ts", `export const words = [\n${lines}];\n`);
  }

  async reason(store = this.store, readFrom: string[] = []): Promise<string> {
    return (await plan(this.pipeline, { store, readFrom }))[0].reason;
  }
}

Deno.test("an edit is told with the number of its lines, by plan and by the run's record", async () => {
  using project = new Project();
  await run(project.pipeline, project);
  project.edit(["one", "2", "three", "four"]);
  const reason = await project.reason();
  assert.equal(reason, "words.ts changed (+2 −1 lines)");
  const record = await run(project.pipeline, project);
  assert.equal(record.steps[0].reason, reason);
  assert.equal(Deno.readTextFileSync(`${record.steps[0].artifact}/text.txt`), "one 2 three four");
});

Deno.test("texts of a store behind count, and without any a change is told without them", async () => {
  using project = new Project();
  await run(project.pipeline, project);
  project.edit(["one"]);
  const own = `${project.path}/own`;
  assert.equal(await project.reason(own, [project.store]), "words.ts changed (+0 −2 lines)");
  Deno.removeSync(`${project.store}/code`, { recursive: true });
  assert.equal(await project.reason(), "words.ts changed");
});

Deno.test("gc removes texts that no artifact was made with, and no others", async () => {
  using project = new Project();
  await run(project.pipeline, project);
  const texts = () => [...Deno.readDirSync(`${project.store}/code`)].length;
  const before = texts();
  project.edit(["one"]);
  await run(project.pipeline, project);
  assert.equal(texts(), before + 1);
  const removed = await gc(project.store, { keepRuns: 1 });
  assert.deepEqual(removed.map(({ what }) => what), ["manifest", "artifact", "code"]);
  assert.equal(texts(), before);
  project.edit(["one", "two"]);
  assert.equal(await project.reason(), "words.ts changed (+1 −0 lines)");
});

Deno.test("lines are counted as git counts them", () => {
  const cases: [string, string, number, number][] = [
    ["a\nb\nc\n", "a\nb\nc\n", 0, 0],
    ["a\nb\nc\n", "a\nx\nc\n", 1, 1],
    ["", "a\nb", 2, 1],
    ["a\nb\nc\nd", "b\nc\nd\na", 1, 1],
    ["a\nb\nc", "a\nq\nb\nq\nc", 2, 0],
  ];
  for (const [before, after, added, removed] of cases) {
    assert.deepEqual(countLines(before, after), { added, removed }, `${before} → ${after}`);
  }
});

Deno.test("what is added less what is removed is how much longer a text is; back it is reversed", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30, minLength: 1 });
  fc.assert(fc.property(text, text, (before, after) => {
    const { added, removed } = countLines(before.join("\n"), after.join("\n"));
    assert.equal(added - removed, after.length - before.length);
    const common = before.length - removed;
    assert.ok(common >= 0 && common <= Math.min(before.length, after.length));
    assert.deepEqual(countLines(after.join("\n"), before.join("\n")), {
      added: removed,
      removed: added,
    });
  }));
});

Deno.test("large texts that have little in common are counted whole, at once", () => {
  const lines = (letter: string) => Array.from({ length: 5000 }, (_, i) => `${letter}${i}`);
  const text = (letter: string) => ["head", ...lines(letter), "tail"].join("\n");
  const started = performance.now();
  assert.deepEqual(countLines(text("a"), text("b")), { added: 5000, removed: 5000 });
  assert.ok(performance.now() - started < 5000);
});
