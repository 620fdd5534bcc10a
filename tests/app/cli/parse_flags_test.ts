/** Flags of commands that the test makes up. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { defineCommand } from "../../../app/cli/command.ts";
import { UsageError } from "../../../app/cli/errors.ts";
import { duration, flag, integer, number, size, text, toggle } from "../../../app/cli/flag.ts";
import { STORES, SWEEP } from "../../../app/cli/shared_flags.ts";
import { parse } from "./parse.ts";

const run = () => Promise.resolve(0);

const brew = defineCommand({
  name: "brew",
  group: "Drink",
  summary: "make tea",
  flags: v.object({
    minutes: flag(integer(1), { value: "N", help: "how long", axis: "list", default: "4" }),
    degrees: flag(number(v.pipe(v.number(), v.gtValue(0))), {
      value: "X",
      help: "how hot",
      axis: "list",
    }),
    leaves: flag(text, { value: "A,B", help: "of what", axis: "sweep" }),
    "leave-lid": toggle({ help: "off" }),
    ...SWEEP.entries,
    ...STORES.entries,
  }),
  run,
});
const pour = defineCommand({
  name: "pour",
  group: "Drink",
  summary: "fill a cup",
  flags: v.object({
    cup: flag(v.picklist(["mug", "glass"]), { value: "CUP", help: "into what", required: true }),
    within: flag(duration, { value: "AGE", help: "how fast" }),
    up: flag(size, { value: "SIZE", help: "to where" }),
    degrees: flag(number(v.pipe(v.number(), v.gtValue(0))), {
      value: "X",
      help: "how hot",
      axis: "list",
    }),
  }),
  run,
});
const commands = [brew, pour];

Deno.test("flags arrive typed, defaults with them, and the rest are operands", () => {
  const { flags, positionals } = parse(commands, "brew", [
    "green",
    "--degrees",
    "8e1",
    "--json",
    "--store-from=a",
    "--store-from",
    "b",
    "oolong",
  ]);
  assert.deepEqual(positionals, ["green", "oolong"]);
  assert.deepEqual(flags, {
    minutes: 4,
    degrees: 80,
    "leave-lid": false,
    sweep: [],
    "store-from": ["a", "b"],
    json: true,
    verbose: false,
    help: false,
  });
});

Deno.test("durations are seconds, sizes bytes", () => {
  const { flags } = parse(commands, "pour", ["--cup=mug", "--within=2m", "--up=3kB"]);
  assert.deepEqual([flags.within, flags.up], [120, 3000]);
});

Deno.test("flags with several values are axes, each value typed and as it was said", () => {
  const { axes, flags } = parse(commands, "brew", [
    "--minutes=1..2,5",
    "--sweep=degrees=8e1,90",
    "--sweep",
    "leaves=a,b",
  ]);
  assert.deepEqual(axes, [
    {
      name: "minutes",
      values: [{ label: "1", value: 1 }, { label: "2", value: 2 }, { label: "5", value: 5 }],
    },
    {
      name: "degrees",
      values: [{ label: "8e1", value: 80 }, { label: "90", value: 90 }],
      bySweep: true,
    },
    {
      name: "leaves",
      values: [{ label: "a", value: "a" }, { label: "b", value: "b" }],
      bySweep: true,
    },
  ]);
  assert.deepEqual([flags.degrees, flags.leaves], [undefined, undefined]);
});

Deno.test("what decides a result is kept as it was typed, fit for a shell", () => {
  const { typed } = parse(commands, "brew", [
    "--json",
    "--leaves",
    "it's",
    "--leave-lid",
    "--sweep=degrees=1,2",
    "--minutes",
    "3",
  ]);
  assert.deepEqual(typed, [
    `'--leaves=it'\\''s'`,
    "--leave-lid",
    "--sweep=degrees=1,2",
    "--minutes=3",
  ]);
});

const WRONG: [command: string, args: string[], RegExp][] = [
  ["brew", ["--cup", "mug"], /^brew takes no --cup, which is for pour$/],
  ["pour", ["--cup=mug", "--minutes=3"], /^pour takes no --minutes, which is for brew$/],
  ["brew", ["--minuets=3"], /^--minuets is no flag: did you mean --minutes\?$/],
  ["pour", ["--minuets=3"], /^--minuets is no flag$/],
  ["pour", [], /^pour takes --cup, one of mug, glass$/],
  [
    "pour",
    ["--cup=gless"],
    /^--cup is "gless", but takes one of mug, glass: did you mean glass\?$/,
  ],
  ["pour", ["--cup=mug", "--degrees=1,2"], /^pour takes one --degrees, not 1, 2$/],
  ["pour", ["--cup=mug", "--within=soon"], /^--within is "soon", but takes an age such as 30d/],
  ["pour", ["--cup=mug", "--up=brim"], /^--up is "brim", but takes a size such as 10GB$/],
  ["brew", ["--degrees=Infinity"], /^--degrees is "Infinity", but takes a number above 0$/],
  ["brew", ["--degrees", "-3"], /^--degrees is "-3", but takes a number above 0$/],
  ["brew", ["--leaves", "--json"], /^--leaves takes a value: --leaves A,B, or --leaves=--json if/],
  ["brew", ["--leaves"], /^--leaves takes a value: --leaves A,B$/],
  ["brew", ["--leave-lid=no"], /^--leave-lid takes no value, not "no"$/],
  ["brew", ["-x"], /^-x is no flag$/],
  ["brew", ["--sweep=cup=a,b"], /flags to sweep over are minutes, degrees, leaves$/],
];

for (const [command, args, message] of WRONG) {
  Deno.test(`${command} ${args.join(" ")} is refused with what is right`, () => {
    assert.throws(() => parse(commands, command, args), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}
