import assert from "node:assert/strict";
import type { StepDeclaration } from "../../pipeline/declaration.ts";
import { definePipeline, selectSteps } from "../../pipeline/graph.ts";
import { writeText } from "./rig.ts";

const names = (steps: readonly StepDeclaration[]) => steps.map(({ name }) => name);

Deno.test("steps are put in an order in which they can run", () => {
  const steps = [writeText("c", ["a", "b"]), writeText("b", ["a"]), writeText("a")];
  assert.deepEqual(names(definePipeline(steps).steps), ["a", "b", "c"]);
});

Deno.test("a chain of ten thousand steps is sorted, whichever end it is declared from", () => {
  const length = 10_000;
  const chain = Array.from({ length }, (_, i) => writeText(`s${i}`, i ? [`s${i - 1}`] : []));
  for (const steps of [chain, chain.toReversed()]) {
    assert.deepEqual(definePipeline(steps).steps, chain);
  }
});

Deno.test("a wrong pipeline is refused by the name of its step", () => {
  const wrong: [StepDeclaration[], RegExp][] = [
    [[writeText("a"), writeText("a")], /two steps are named "a"/],
    [[writeText("a", ["b"])], /step "a" has the input "b", which is no step/],
    [[writeText("a", ["a"])], /in a circle: a ← a$/],
    [
      [writeText("a", ["b"]), writeText("b", ["c"]), writeText("c", ["b"])],
      /in a circle: b ← c ← b$/,
    ],
    [[writeText("a/b")], /step "a\/b": a name begins with a letter or digit/],
    [[writeText("..")], /step "\.\.": a name begins/],
    [[writeText("")], /step "": a name begins/],
    [[writeText("a", [], { module: new URL("https://a.b/c.ts") })], /step "a": its module must be/],
  ];
  for (const [steps, message] of wrong) {
    assert.throws(() => definePipeline(steps), { name: "PipelineError", message });
  }
});

Deno.test("names may be of any script and carry the parameters of a sweep", () => {
  const steps = [writeText("学習"), writeText("train,lr=1e-3+seed=0")];
  assert.deepEqual(definePipeline(steps).steps, steps);
});

Deno.test("targets are taken with all that they need, and nothing else", () => {
  const pipeline = definePipeline([
    writeText("a"),
    writeText("b", ["a"]),
    writeText("c", ["b"]),
    writeText("d"),
  ]);
  assert.deepEqual(names(selectSteps(pipeline, ["b"])), ["a", "b"]);
  assert.deepEqual(names(selectSteps(pipeline, ["d", "a"])), ["a", "d"]);
  assert.deepEqual(names(selectSteps(pipeline)), ["a", "b", "c", "d"]);
});
