/** From arguments to what is said and to an exit code, of a program that the test makes up. */
import assert from "node:assert/strict";
import * as v from "valibot";
import type { Application } from "../../../app/cli/application.ts";
import { type Command, defineCommand } from "../../../app/cli/command.ts";
import { flag, integer, text, toggle } from "../../../app/cli/flag.ts";
import { linkTo } from "../../../app/cli/link.ts";
import { endingSignals, main } from "../../../app/cli/main.ts";
import { STORE } from "../../../app/cli/shared_flags.ts";

const brew = defineCommand({
  name: "brew",
  alias: "run",
  group: "Drink",
  summary: "make tea",
  operands: { schema: v.array(v.string()), usage: "[STEP…]", takes: "names of steps" },
  flags: v.object({ minutes: flag(integer(1), { value: "N", help: "how long", default: "4" }) }),
  run: ({ flags, operands, json, say }) => {
    if (flags.json) json({ minutes: flags.minutes, operands });
    else say(`${flags.minutes} minutes`);
    return Promise.resolve(0);
  },
});
const pour = defineCommand({
  name: "pour",
  group: "Drink",
  summary: "fill a cup",
  details: "A cup holds little.",
  operands: { schema: v.strictTuple([v.string()]), usage: "CUP", takes: "one cup" },
  flags: v.object({ from: flag(text, { value: "POT", help: "which pot", required: true }) }),
  run: () => Promise.reject(new Error("it is broken")),
});
const rinse = defineCommand({
  name: "rinse",
  group: "Clean",
  summary: "rinse all",
  flags: STORE,
  run: ({ store }) => Promise.resolve(store === "/default" ? 0 : 1),
});

const app: Application = {
  name: "kettle",
  version: "1.2.3",
  about: "tea for two",
  defaultCommand: "brew",
  defaultStore: "/default",
  called: "deno task",
  steps: { boil: "heat water" },
  commands: [brew, pour, rinse],
};

async function said(args: string[], application = app) {
  const { log, error } = console;
  const out: string[] = [], err: string[] = [];
  console.log = (line) => out.push(line);
  console.error = (line) => err.push(line);
  try {
    return { code: await main(args, application), out: out.join("\n"), err: err.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}

// It listens to signals until it ends.
const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, fn, sanitizeResources: false, sanitizeOps: false });

test("the command that is named runs, the default one where none is", async () => {
  assert.deepEqual(await said([]), { code: 0, out: "4 minutes", err: "" });
  assert.deepEqual(await said(["--minutes=3"]), { code: 0, out: "3 minutes", err: "" });
  const { out } = await said(["run", "boil", "--json", "--minutes", "2"]);
  assert.deepEqual(JSON.parse(out), { minutes: 2, operands: ["boil"] });
  assert.equal((await said(["rinse"])).code, 0);
});

test("--help alone, and of the default command, is the overview", async () => {
  for (const args of [["--help"], ["run", "--help"], ["brew", "--help"]]) {
    const { code, out } = await said(args);
    assert.equal(code, 0);
    assert.match(out, /^kettle: tea for two$/m);
    assert.match(out, /^Drink\n {2}brew {3}make tea\n {2}pour {3}fill a cup$/m);
    assert.match(out, /^Clean\n {2}rinse {2}rinse all$/m);
    assert.match(out, /Single steps, too: boil\.$/m);
    assert.doesNotMatch(out, /--minutes/);
  }
});

test("COMMAND --help and --help COMMAND show that command alone", async () => {
  for (const args of [["pour", "--help"], ["--help", "pour"], ["run", "--help", "pour"]]) {
    const { code, out } = await said(args);
    assert.equal(code, 0);
    assert.match(
      out,
      /^Usage: deno task pour CUP \[flags\]\n\nFill a cup\.\nA cup holds little\.$/m,
    );
    assert.match(out, /^ {2}--from POT {14}which pot$/m);
    assert.match(out, /^ {2}--json/m);
    assert.doesNotMatch(out, /--minutes|--store/);
  }
  const { out } = await said(["run", "--help", "brew"]);
  assert.match(out, /^Usage: deno task brew \[STEP…\] \[flags\]$/m);
  assert.match(out, /^ {2}--minutes N {13}how long \(default: 4\)$/m);
});

test("a step's --help says what it does, and the flags that it runs with", async () => {
  const { code, out } = await said(["run", "boil", "--help"]);
  assert.equal(code, 0);
  assert.match(out, /^Usage: deno task boil \[flags\]\n\nHeat water;/m);
  assert.match(out, /--minutes/);
});

test("--help checks the flags beside it, but misses none", async () => {
  const { code, err } = await said(["pour", "--help", "--minutes=3"]);
  assert.equal(code, 2);
  assert.match(err, /^kettle: pour takes no --minutes, which is for brew$/m);
});

test("--version, of any command and without what it needs, says the version and does no more", async () => {
  for (const args of [["--version"], ["pour", "--version"], ["run", "boil", "--version"]]) {
    assert.deepEqual(await said(args), { code: 0, out: "kettle 1.2.3", err: "" });
  }
  const { out } = await said(["pour", "--version", "--json"]);
  assert.deepEqual(JSON.parse(out), { name: "kettle", version: "1.2.3" });
  const { code, err } = await said(["pour", "--version", "--minutes=3"]);
  assert.equal(code, 2);
  assert.match(err, /pour takes no --minutes/);
});

test("wrong usage is told with the help that helps, and ends with 2", async () => {
  for (
    const [args, message, help] of [
      [["puor"], 'there is no command "puor": did you mean pour?', "brew --help"],
      [["bol", "--help"], 'there is no command "bol": did you mean boil?', "brew --help"],
      [["pour", "a", "b", "--from=x"], 'pour takes one cup, not "a b"', "pour --help"],
      [["pour", "--from=x"], "pour takes one cup", "pour --help"],
      [["pour", "a"], "pour takes --from, a value", "pour --help"],
      [["rinse", "cup"], 'rinse takes flags alone, not "cup"', "rinse --help"],
      [["--minutes=0"], '--minutes is "0", but takes a whole number from 1', "brew --help brew"],
    ] as [string[], string, string][]
  ) {
    const { code, out, err } = await said(args);
    assert.deepEqual({ code, out, err }, {
      code: 2,
      out: "",
      err: `kettle: ${message}\nSee \`deno task ${help}\`.`,
    });
  }
});

test("a command that fails ends with 1, and shows where with --verbose alone", async () => {
  const { code, err } = await said(["pour", "cup", "--from=pot"]);
  assert.deepEqual([code, err], [1, "kettle: it is broken"]);
  assert.match((await said(["pour", "cup", "--from=pot", "--verbose"])).err, /^ +at .*main_test/m);
});

test("commands that disagree on whether a flag takes a value are refused", async () => {
  const other: Command = defineCommand({
    name: "other",
    group: "",
    summary: "",
    flags: v.object({ minutes: toggle({ help: "" }) }),
    run: () => Promise.resolve(0),
  });
  const { code, err } = await said([], { ...app, commands: [brew, other] });
  assert.equal(code, 1);
  assert.match(err, /--minutes is a switch of one command and takes a value in another/);
});

Deno.test("nothing that a command says steers the terminal, and a path is still a link", async () => {
  const evil = "a\x1b[2Jb\u202ec\x9b";
  const mutter = defineCommand({
    name: "mutter",
    group: "Drink",
    summary: "say what others said",
    flags: v.object({}),
    run: ({ flags, json, say, sayPath }) => {
      say(`${evil}\nnext line`);
      sayPath(`/${evil}`, "  ");
      if (flags.json) json({ evil });
      return Promise.reject(new Error(evil));
    },
  });
  const application = { ...app, commands: [...app.commands, mutter] };
  const { out, err } = await said(["mutter"], application);
  assert.match(out, /^a.*\nnext line\n {2}\/a/s);
  assert.doesNotMatch(`${out}${err}`.replaceAll("\n", ""), /[\p{Cc}\p{Bidi_Control}]/u);
  const inJson = await said(["mutter", "--json"], application);
  assert.doesNotMatch(inJson.out, /[\p{Cc}\p{Bidi_Control}]/u);
  assert.deepEqual(JSON.parse(inJson.out), { evil });
  // On a terminal the address is written in letters that none obeys.
  const [, address, shown, end] = linkTo(`/${evil}`, true).split("\x1b");
  assert.match(address, /^\]8;;file:\/\/[!-~]+$/);
  assert.doesNotMatch(shown, /[\p{Cc}\p{Bidi_Control}]/u);
  assert.equal(end, "]8;;");
});

Deno.test("no signal is listened for that the system refuses", () => {
  // https://docs.deno.com/api/deno/~/Deno.addSignalListener: Windows has these two alone.
  assert.deepEqual(endingSignals("windows"), ["SIGINT", "SIGBREAK"]);
  assert.deepEqual(endingSignals("darwin"), ["SIGINT", "SIGTERM"]);
});
