import assert from "node:assert/strict";
import { UsageError } from "../../../app/cli/errors.ts";
import { FLAGS } from "../../../app/cli/flags.ts";
import { nearest } from "../../../app/cli/nearest.ts";
import { flagHelp, parseFlags } from "../../../app/cli/parse_flags.ts";

Deno.test("flags come with values, switches without, the rest are operands", () => {
  const flags = parseFlags(["predict", "a.jpg", "--top", "3", "--json", "--branch=frozen"]);
  assert.deepEqual(flags.positionals, ["predict", "a.jpg"]);
  assert.equal(flags.top, "3");
  assert.equal(flags.json, true);
  assert.equal(flags.branch, "frozen");
  assert.equal(flags.epochs, undefined);
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
  [["--lr=NaN"], /--lr is "NaN"/],
  [["--recipe", "slow"], /--recipe is "slow", but takes one of auto, quick, tutorial/],
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
];

for (const [args, message] of WRONG) {
  Deno.test(`${args.join(" ")} is refused with its name and the remedy`, () => {
    assert.throws(() => parseFlags(args), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("flags with several values are axes, from a list or from --sweep, ranges with both ends", () => {
  const flags = parseFlags([
    "--model=resnet18,mobilenet_v2",
    "--sweep=lr=1e-3,1e-2",
    "--sweep",
    "seed=0..2,9",
    "--sweep=data=a,b",
    "--epochs=2,2",
  ]);
  assert.deepEqual(flags.axes, [
    { name: "model", values: ["resnet18", "mobilenet_v2"] },
    { name: "lr", values: ["1e-3", "1e-2"] },
    { name: "seed", values: ["0", "1", "2", "9"] },
    { name: "data", values: ["a", "b"] },
  ]);
  assert.deepEqual([flags.model, flags.lr, flags.seed, flags.data], Array(4).fill(undefined));
  assert.equal(flags.epochs, "2");
});

Deno.test("a value with a comma is a value where commas may be part of it", () => {
  const { data, axes } = parseFlags(["--data=a,b"]);
  assert.deepEqual([data, axes], ["a,b", []]);
});

Deno.test("a sweep over one value is still a sweep", () => {
  assert.deepEqual(parseFlags(["--sweep=seed=3"]).axes, [{ name: "seed", values: ["3"] }]);
});

Deno.test("help lists every flag", () => {
  const text = flagHelp();
  for (const name of Object.keys(FLAGS)) assert.ok(text.includes(`--${name}`), name);
});

Deno.test("a word is near another within two edits", () => {
  assert.equal(nearest("pipline", ["pipeline", "plan"]), "pipeline");
  assert.equal(nearest("xyzzy", ["pipeline", "plan"]), undefined);
  assert.equal(nearest("lpan", ["why", "plan"]), "plan");
});
