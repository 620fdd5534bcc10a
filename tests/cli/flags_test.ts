import assert from "node:assert/strict";
import { UsageError } from "../../cli/errors.ts";
import { flagHelp, FLAGS, nearest, parseFlags } from "../../cli/flags.ts";

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

Deno.test("help lists every flag", () => {
  const text = flagHelp();
  for (const name of Object.keys(FLAGS)) assert.ok(text.includes(`--${name}`), name);
});

Deno.test("a word is near another within two edits", () => {
  assert.equal(nearest("pipline", ["pipeline", "plan"]), "pipeline");
  assert.equal(nearest("xyzzy", ["pipeline", "plan"]), undefined);
  assert.equal(nearest("lpan", ["why", "plan"]), "plan");
});
