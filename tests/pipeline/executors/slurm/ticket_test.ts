import assert from "node:assert/strict";
import { collect, lend } from "../../../../pipeline/executors/slurm/fenced_checkpoints.ts";
import { JobReader } from "../../../../pipeline/executors/slurm/job_reader.ts";
import { Tickets, type WrittenWork } from "../../../../pipeline/executors/slurm/ticket.ts";
import type { Message } from "../../../../pipeline/process/protocol.ts";
import { Folder } from "../../rig.ts";

const WORK: WrittenWork = {
  module: "file:///step.ts",
  args: [],
  request: { step: "step", parameters: {}, inputs: {}, output: "/out" },
  code: {},
  environment: {},
};

Deno.test("of a step's submissions the newest that is not over counts", () => {
  using folder = new Folder();
  const tickets = new Tickets(`${folder.path}/jobs`);
  assert.equal(tickets.newestOf("key"), undefined);
  const first = tickets.open("key", WORK);
  assert.equal(tickets.newestOf("key")!.path, first.path);
  first.close();
  first.close();
  assert.equal(tickets.newestOf("key"), undefined);
  const second = tickets.open("key", WORK);
  // Who still works on the first one works for nobody.
  assert.notEqual(second.path, first.path);
  assert.throws(() => first.outcome = { job: "7.0", node: "", outcome: { status: "done" } });
  assert.equal(tickets.newestOf("key")!.path, second.path);
  second.close();
  assert.equal(tickets.newestOf("key"), undefined);
  assert.deepEqual([...Deno.readDirSync(`${folder.path}/jobs`)], []);
});

Deno.test("no two jobs have the same folder, and none has one of what is over", () => {
  using folder = new Folder();
  const ticket = new Tickets(folder.path).open("key", WORK);
  ticket.begin("7.0");
  ticket.begin("7.1");
  assert.throws(() => ticket.begin("7.0"), Deno.errors.AlreadyExists);
  ticket.close();
  assert.equal(ticket.work, undefined);
  assert.throws(() => ticket.begin("8.0"), Deno.errors.NotFound);
  assert.throws(() => ticket.outcome = { job: "7.0", node: "", outcome: { status: "done" } });
});

Deno.test("messages and lines are told once and whole, however they come in", () => {
  using folder = new Folder();
  const ticket = new Tickets(folder.path).open("key", WORK);
  const messages: Message[] = [], lines: string[] = [];
  const reader = new JobReader(
    ticket,
    (message) => messages.push(message),
    (line) => lines.push(line),
  );
  assert.equal(reader.read(), false);
  const job = ticket.begin("7.0");
  const write = (name: string, bytes: Uint8Array | string) =>
    Deno.writeFileSync(
      `${job}/${name}`,
      typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes,
      { append: true },
    );
  write("messages.ndjson", `\n{"type":"ready"}\n\n{"type":"at","wh`);
  const umlaut = new TextEncoder().encode("ein ü\n");
  write("log.txt", umlaut.slice(0, 5));
  reader.read();
  write("messages.ndjson", `at":"x"}\nno message\n`);
  write("log.txt", umlaut.slice(5));
  reader.read();
  reader.read();
  assert.deepEqual(messages, [{ type: "ready" }, { type: "at", what: "x" }]);
  assert.deepEqual(lines, ["ein ü"]);
  ticket.outcome = { job: "7.0", node: "n1", outcome: { status: "done" } };
  assert.equal(reader.read(), true);
});

Deno.test("a job's checkpoints become everyone's when it is over, and no other job's before", () => {
  using folder = new Folder();
  const [shared, own, twin] = ["shared", "own", "twin"].map((name) => `${folder.path}/${name}`);
  const save = (folder: string, position: number, text: string) => {
    Deno.mkdirSync(`${folder}/${position}/state`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/${position}/state/text`, text);
  };
  save(shared, 1, "one");
  lend(shared, own);
  lend(shared, twin);
  assert.equal(Deno.readTextFileSync(`${own}/1/state/text`), "one");
  save(own, 2, "two");
  save(own, 3, "three");
  Deno.mkdirSync(`${own}/draft`);
  save(twin, 3, "three, later");
  assert.deepEqual([...Deno.readDirSync(shared)].map(({ name }) => name), ["1"]);
  collect(own, shared);
  collect(twin, shared);
  assert.deepEqual([...Deno.readDirSync(shared)].map(({ name }) => name).sort(), ["2", "3"]);
  assert.equal(Deno.readTextFileSync(`${shared}/3/state/text`), "three");
});
