import assert from "node:assert/strict";
import type { StepDeclaration } from "../../../pipeline/declaration.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { run } from "../../../pipeline/run.ts";
import { Folder, misbehave, runAlone, schemaOf, STEPS, writeText } from "../rig.ts";

const UNDECLARED = /, which the step does not declare: add it to the step's externals/;

async function refusal(way: string, path: string, more?: Partial<StepDeclaration>) {
  using folder = new Folder();
  const { status, error } = await runAlone(misbehave(way, path, more), folder.store);
  assert.equal(status, "failed");
  return error!.message;
}

Deno.test("a step cannot read a file that it does not declare", async () => {
  using folder = new Folder();
  const path = folder.write("secret.txt", "secret");
  const message = await refusal("read", path);
  assert.match(message, new RegExp(`^Requires read access to "${path}"`));
  assert.match(message, UNDECLARED);
});

Deno.test("a step cannot write outside of its output folder", async () => {
  using folder = new Folder();
  const path = folder.write("mine.txt", "as it was");
  assert.match(await refusal("write", path), /^Requires write access to .*mine\.txt/);
  assert.equal(Deno.readTextFileSync(path), "as it was");
});

Deno.test("a step can use no network, programs, variables or folders undeclared", async () => {
  assert.match(await refusal("net", "http://127.0.0.1:8000"), /^Requires net access/);
  assert.match(await refusal("run", ""), /^Requires run access/);
  assert.match(await refusal("environment", ""), /^Requires env access to "GREETING"/);
  assert.match(await refusal("list", "."), /^Requires read access|^it ended without writing/);
  assert.match(await refusal("list", ".."), /^Requires read access/);
});

Deno.test("a step cannot read the rest of the store, not even its own earlier results", async () => {
  using folder = new Folder();
  const { steps: [{ artifact }] } = await run(definePipeline([writeText("other")]), folder);
  const message = await refusal("read", `${artifact}/text.txt`);
  assert.match(message, UNDECLARED);
});

Deno.test("declared permissions are granted", async () => {
  using folder = new Folder();
  const path = folder.write("a b/ü.txt", "read");
  const step = (name: string, read: string[] | true) =>
    misbehave("read", path, { name, permissions: () => ({ read }) });
  const pipeline = definePipeline([step("one", [path]), step("all", true)]);
  for (const { artifact } of (await run(pipeline, folder)).steps) {
    assert.equal(Deno.readTextFileSync(`${artifact}/text.txt`), "read");
  }
});

Deno.test("a path that Deno's permissions cannot name is refused by name", async () => {
  using folder = new Folder();
  const path = folder.write("a,b.txt", "read");
  const message = await refusal("read", path, { externals: () => [path] });
  assert.equal(message, `Deno takes no read permission with a comma: rename ${path}`);
});

Deno.test("an external file is readable, and its content is part of the key", async () => {
  using folder = new Folder();
  const path = folder.write("photos/a.txt", "one");
  const step = misbehave("read", path, { externals: () => [`${folder.path}/photos`] });
  const pipeline = definePipeline([step]);
  const runs = [];
  for (const text of ["one", "two", "one"]) {
    folder.write("photos/a.txt", text);
    runs.push(await run(pipeline, folder));
  }
  folder.write("photos/b.txt", "new beside it");
  runs.push(await run(pipeline, folder));
  const seen = runs.map(({ steps: [{ status, artifact }] }) => [
    status,
    Deno.readTextFileSync(`${artifact}/text.txt`),
  ]);
  assert.deepEqual(seen, [["ran", "one"], ["ran", "two"], ["cached", "one"], ["ran", "one"]]);
  assert.equal(runs[1].steps[0].reason, `${folder.path}/photos changed`);
});

Deno.test("a missing external is named", async () => {
  using folder = new Folder();
  const { error } = await runAlone(
    writeText("a", [], { externals: () => ["/no/such/photos"] }),
    folder.store,
  );
  assert.equal(error!.message, "it reads /no/such/photos, which does not exist");
});

Deno.test("a declared variable is readable and its value part of the key", async () => {
  using folder = new Folder();
  const declared = misbehave("environment", "", { environment: () => ["GREETING"] });
  const passed = misbehave("environment", "", {
    name: "passed",
    passEnvironment: () => ["GREETING"],
  });
  const pipeline = definePipeline([declared, passed]);
  const greet = async (greeting: string) => {
    Deno.env.set("GREETING", greeting);
    const { steps } = await run(pipeline, { ...folder, jobs: 1 });
    return Object.fromEntries(steps.map(({ step, status, reason }) => [step, [status, reason]]));
  };
  try {
    await greet("hello");
    assert.deepEqual(await greet("good day"), {
      step: ["ran", "the variable GREETING has another value now"],
      passed: ["cached", "nothing changed"],
    });
  } finally {
    Deno.env.delete("GREETING");
  }
});

Deno.test("a step may start the workers and open the files of its own code", async () => {
  using folder = new Folder();
  const step = writeText("worker", [], {
    module: new URL("use_worker.ts", STEPS),
    parameters: schemaOf({}),
  });
  const { status, error, artifact } = await runAlone(step, folder.store);
  assert.equal(status, "ran", error?.message);
  assert.equal(Deno.readTextFileSync(`${artifact}/text.txt`), "HELLO!");
});

Deno.test("engine flags reach the step's process and its key", async () => {
  using folder = new Folder();
  const withFlags = (...flags: string[]) =>
    definePipeline([writeText("a", [], { denoArguments: () => flags })]);
  const statusWith = async (...flags: string[]) =>
    (await run(withFlags(...flags), folder)).steps[0].status;
  assert.equal(await statusWith(), "ran");
  assert.equal(await statusWith("--v8-flags=--max-old-space-size=512"), "ran");
  assert.equal(await statusWith("--v8-flags=--no-such-flag"), "failed");
});
