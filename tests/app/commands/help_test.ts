/** What graft says of its commands, and that it says the same everywhere. */
import assert from "node:assert/strict";
import { factsOf } from "../../../app/cli/flag.ts";
import { commandHelp, overview } from "../../../app/cli/help.ts";
import { graft } from "../../../app/graft.ts";
import { BRANCHES } from "../../../models/manifest.ts";
import { kindOf } from "../../../pipeline/declaration.ts";
import { graftPipeline } from "../../../tasks/pipeline.ts";

const app = graft("/store");
const WIDTH = 80;
/** Of a terminal that nobody has made larger or smaller. */
const SCREEN = 36;

const isNarrow = (text: string) => text.split("\n").every((line) => line.length <= WIDTH);

Deno.test("the overview fits a screen, and names every command and step", () => {
  const text = overview(app);
  assert.ok(text.split("\n").length <= SCREEN, `${text.split("\n").length} lines`);
  assert.ok(isNarrow(text), text);
  for (const { name, summary } of app.commands) assert.ok(text.includes(`  ${name} `), summary);
  for (const step of Object.keys(app.steps)) assert.match(text, new RegExp(`\\b${step}\\b`));
});

Deno.test("a command's help lists its flags, each with its value, and no other's", () => {
  for (const command of app.commands) {
    const text = commandHelp(command, "deno task");
    assert.ok(isNarrow(text), text);
    const listed = [...text.matchAll(/^ {2}--([\w-]+)(?: (\S+))?/gm)].map(([, flag]) => flag);
    assert.deepEqual(new Set(listed), new Set(Object.keys(command.flags.entries)));
    for (const [flag, schema] of Object.entries(command.flags.entries)) {
      const { value, help } = factsOf(schema);
      assert.ok(help.length > 0, flag);
      if (value) assert.ok(text.includes(`  --${flag} ${value}`), `${command.name} --${flag}`);
    }
  }
});

Deno.test("deno.json has a task for every command and step, first those, with the same words", async () => {
  const text = await Deno.readTextFile(new URL("../../../deno.json", import.meta.url));
  const { tasks } = JSON.parse(text) as {
    tasks: Record<string, { description: string; command: string }>;
  };
  const words = Object.entries(tasks).map(([name, { description }]) => [name, description]);
  const ours = [
    ...app.commands.map(({ name, summary }) => [name, summary]),
    ...Object.entries(app.steps),
  ];
  assert.deepEqual(words.slice(0, ours.length), ours);
  for (const [name, { command, description }] of Object.entries(tasks)) {
    assert.ok(description.length > 0, name);
    const arg = name in app.steps ? `run ${name}` : name === "pipeline" ? "run" : name;
    if (ours.some(([ours]) => ours === name)) {
      assert.equal(command, `deno run -A app/main.ts ${arg}`);
    }
  }
});

Deno.test("every step has its line, but for those whose names a command has", () => {
  const shapes = [
    { best: false, branches: BRANCHES, folds: 2, backbones: [] },
    { best: true, branches: BRANCHES, folds: 2, backbones: [] },
    { best: true, branches: BRANCHES, folds: 2, backbones: ["resnet18", "mobilenet_v2"] },
  ];
  const steps = shapes.flatMap((shape) => graftPipeline([], shape).steps.map(kindOf));
  const commands = app.commands.map(({ name }) => name);
  assert.deepEqual(
    Object.keys(app.steps).sort(),
    [...new Set(steps)].filter((name) => !commands.includes(name)).sort(),
  );
});
