/** Flags of graft's own commands. */
import assert from "node:assert/strict";
import { UsageError } from "../../../app/cli/errors.ts";
import { graft } from "../../../app/graft.ts";
import { parse } from "../cli/parse.ts";

const { commands } = graft("/store");
const parseRun = (args: string[]) => parse(commands, "pipeline", args);

Deno.test("flags come as what they are, switches too, the rest are operands", () => {
  const { flags, positionals } = parse(commands, "predict", [
    "predict",
    "a.jpg",
    "--top",
    "3",
    "--json",
    "--branch=frozen",
    "--classes=a,b",
  ]);
  assert.deepEqual(positionals, ["predict", "a.jpg"]);
  assert.equal(flags.top, 3);
  assert.equal(flags.json, true);
  assert.equal(flags.branch, "frozen");
  assert.deepEqual(flags.classes, { names: ["a", "b"] });
  assert.equal(flags.weights, undefined);
});

Deno.test("what is trained arrives as the steps take it", () => {
  const { flags } = parseRun(["--lr=1e-2", "--epochs=3", "--batch=8", "--seed=7", "--threads=2"]);
  const { lr, epochs, batch, seed, threads, recipe, backend } = flags;
  assert.deepEqual(
    { lr, epochs, batch, seed, threads, recipe, backend, split: flags["split-seed"] },
    {
      lr: 0.01,
      epochs: 3,
      batch: 8,
      seed: 7,
      threads: 2,
      recipe: "auto",
      backend: "auto",
      split: 0,
    },
  );
});

const WRONG: [string[], RegExp][] = [
  [["--epoch", "3"], /--epoch is no flag: did you mean --epochs\?/],
  [["--frobnicate"], /--frobnicate is no flag$/],
  [["--epochs", "0"], /--epochs is "0", but takes a whole number from 1/],
  [["--epochs", "2.5"], /--epochs is "2.5"/],
  [["--epochs", ""], /--epochs is ""/],
  [["--seed", "4294967296"], /a whole number from 0 to 4294967295/],
  [["--lr", "-1"], /lr/],
  [["--lr=-1"], /--lr is "-1", but takes a number above 0/],
  [["--lr=NaN"], /--lr is "NaN", but takes a number above 0, or auto$/],
  [["--short-side=9"], /--short-side is "9", but takes a whole number from 256, or full$/],
  [["--recipe", "slow"], /--recipe is "slow", but takes one of auto, best, quick, tutorial/],
  [["--backend", "cuda"], /one of auto, webgpu, wasm/],
  [["--epochs"], /--epochs/],
  [["--json=yes"], /--json/],
  [["--data", " "], /--data is " ", but takes a value/],
  [["--seed=1,x"], /--seed is "x", but takes a whole number/],
  [["--seed=4..0"], /4\.\.0 takes a last number after the first/],
  [["--seed=0..4294967295"], /at most 10000/],
  [["--sweep", "lr=1e-3,0"], /--lr is "0", but takes a number above 0/],
  [["--sweep", "seeds=0,1"], /not "seeds=0,1": did you mean seed\?/],
  [["--sweep", "store=a,b"], /flags to sweep over are recipe, model, data/],
  [["--sweep", "lr"], /--sweep takes FLAG=VALUES/],
  [["--sweep=lr=1,2", "--sweep=lr=3"], /--lr is given twice, once by --sweep lr=3/],
  [["--sweep=lr=1,2", "--lr=3"], /--lr is given twice, once by --sweep lr=1,2/],
  [["--threads=1,2"], /--threads is "1,2"/],
  [["--threads=257"], /--threads is "257", but takes a whole number from 1 to 256/],
  [["--epochs=1e300"], /--epochs is "1e300", but takes a whole number from 1$/],
];

for (const [args, message] of WRONG) {
  Deno.test(`${args.join(" ")} is refused with its name and the remedy`, () => {
    assert.throws(() => parseRun(args), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("flags with several values are axes, from a list or from --sweep, ranges with both ends", () => {
  const { flags, axes } = parseRun([
    "--model=resnet18,mobilenet_v2",
    "--sweep=lr=1e-3,1e-2",
    "--sweep",
    "seed=0..2,9",
    "--sweep=data=a,b",
    "--epochs=2,2",
  ]);
  const said = axes.map(({ name, values }) => [name, values.map(({ label }) => label)]);
  assert.deepEqual(said, [
    ["model", ["resnet18", "mobilenet_v2"]],
    ["lr", ["1e-3", "1e-2"]],
    ["seed", ["0", "1", "2", "9"]],
    ["data", ["a", "b"]],
  ]);
  assert.deepEqual(axes[1].values.map(({ value }) => value), [0.001, 0.01]);
  assert.deepEqual(axes[2].values.map(({ value }) => value), [0, 1, 2, 9]);
  assert.deepEqual([flags.model, flags.lr, flags.data], Array(3).fill(undefined));
  assert.equal(flags.epochs, 2);
});

Deno.test("a value with a comma is a value where commas may be part of it", () => {
  const { flags, axes } = parseRun(["--data=a,b"]);
  assert.deepEqual([flags.data, axes], ["a,b", []]);
});

Deno.test("a sweep over one value is still a sweep", () => {
  assert.deepEqual(parseRun(["--sweep=seed=3"]).axes, [
    { name: "seed", values: [{ label: "3", value: 3 }], bySweep: true },
  ]);
});

for (
  const [command, flag, takers] of [
    ["gc", "--epochs=5", "start, pipeline, evaluate, plan, why, dag and verify"],
    ["gc", "--explain=x.png", "predict"],
    ["pipeline", "--max-age=3d", "gc"],
    ["serve", "--format=onnx", "predict and export"],
    [
      "certify",
      "--model=resnet18",
      "start, pipeline, inspect, review, teach, predict, evaluate, export, serve, plan, why, dag and" +
      " verify",
    ],
  ]
) {
  Deno.test(`${command} takes no ${flag}, and says which commands do`, () => {
    assert.throws(() => parse(commands, command, [flag]), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      const [name] = flag.split("=");
      assert.equal(error.message, `${command} takes no ${name}, which is for ${takers}`);
      return true;
    });
  });
}

Deno.test("a share of the certificate is one of as many as there are", () => {
  assert.deepEqual(parse(commands, "certify", ["--part=2/8"]).flags.part, { part: 2, of: 8 });
  for (const part of ["0/8", "9/8", "2", "1/2/3", "1/0", "-1/2", "a/b", ""]) {
    assert.throws(() => parse(commands, "certify", [`--part=${part}`]), /a share such as 2\/8/);
  }
});

Deno.test("a step is repeated under one setting", () => {
  assert.throws(
    () => parse(commands, "verify", ["--repeat=train_frozen", "--lr=1,2"]),
    /verify takes one --lr, not 1, 2/,
  );
});
