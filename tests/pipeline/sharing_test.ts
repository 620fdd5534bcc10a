/** Runs that share their results, and runs that take them: what is told, kept, and computed anew. */
import assert from "node:assert/strict";
import type { StepDeclaration } from "../../pipeline/declaration.ts";
import { compareRuns } from "../../pipeline/explain/compare.ts";
import { plan } from "../../pipeline/explain/plan.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { latestArtifact } from "../../pipeline/upkeep/history.ts";
import { Folder, misbehave, runCollecting, schemaOf, statuses, stepOf, writeText } from "./rig.ts";
import { failure, KEYS, S3Server } from "./store/remote/s3_server.ts";

const VARIABLES = {
  AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  AWS_REGION: "us-east-1",
};
const TEAM = "s3://team/graft";

/** A team's server, known by the usual variables as long as the test goes on. */
async function withTeam(body: (server: S3Server, folder: Folder) => Promise<void>): Promise<void> {
  using folder = new Folder();
  await using server = new S3Server("team");
  const variables: Record<string, string> = { ...VARIABLES, AWS_ENDPOINT_URL: server.endpoint };
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  try {
    for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
    await body(server, folder);
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

const steps = (): StepDeclaration[] => [
  writeText("one"),
  writeText("two", ["one"], { handedOn: ["text.txt"] }),
];

Deno.test("what one run shared another person's run takes, and says so; then it is their own", async () => {
  await withTeam(async (server, folder) => {
    const pipeline = definePipeline(steps());
    const ann = await runCollecting(pipeline, {
      store: `${folder.path}/ann`,
      readFrom: [TEAM],
      share: TEAM,
    });
    assert.equal(ann.record.status, "done");
    assert.deepEqual(ann.record.sharing?.to, TEAM);
    assert.deepEqual(ann.record.sharing?.failed, []);
    const shared = ann.events.filter(({ type }) => type === "step_shared");
    assert.deepEqual(shared.map((event) => "files" in event && event.files), [1, 1]);
    assert.deepEqual(server.keys("graft/").map((key) => key.split("/")[1]), [
      "artifacts",
      "artifacts",
      "entries",
      "entries",
      "store.json",
    ]);

    const bob = { store: `${folder.path}/bob`, readFrom: [TEAM] };
    const planned = await plan(pipeline, bob);
    assert.deepEqual(planned.map(({ status, reason, artifact }) => [status, reason, artifact]), [
      ["cached", `nothing changed, in ${TEAM}`, undefined],
      ["cached", `nothing changed, in ${TEAM}`, undefined],
    ]);
    const { record, events } = await runCollecting(pipeline, bob);
    assert.deepEqual(statuses(record), { one: "cached", two: "cached" });
    assert.equal(stepOf(record, "two").reason, `nothing changed, brought from ${TEAM}`);
    assert.ok(events.some(({ type }) => type === "step_progress"));
    const two = stepOf(record, "two").artifact!;
    assert.ok(two.startsWith(`${folder.path}/bob/`));
    assert.equal(Deno.readTextFileSync(`${two}/text.txt`), "one two");

    server.asked.length = 0;
    const again = await run(pipeline, { store: bob.store });
    assert.deepEqual(statuses(again), { one: "cached", two: "cached" });
    assert.deepEqual(server.asked, []);
    // Who shares what others have sends nothing.
    const { sharing } = await run(pipeline, { ...bob, share: TEAM });
    assert.deepEqual(sharing?.shared.map(({ files, bytes }) => [files, bytes]), [[0, 0], [0, 0]]);
  });
});

Deno.test("an edit makes anew what it changes, and takes the rest", async () => {
  await withTeam(async (_, folder) => {
    await run(definePipeline(steps()), { store: `${folder.path}/ann`, share: TEAM });
    const [one, two] = steps();
    const record = await run(
      definePipeline([one, { ...two, parameters: schemaOf({ text: "TWO" }) }]),
      {
        store: folder.store,
        readFrom: [TEAM],
      },
    );
    assert.deepEqual(statuses(record), { one: "cached", two: "ran" });
    assert.match(stepOf(record, "two").reason, /^text: "two" → "TWO"$/);
  });
});

Deno.test("what is damaged there is made anew, which is told, and heals it for all", async () => {
  await withTeam(async (server, folder) => {
    const pipeline = definePipeline(steps());
    await run(pipeline, { store: `${folder.path}/ann`, share: TEAM });
    const [content] = server.keys("graft/artifacts/one/");
    server.put(content, "onE");
    const bob = await runCollecting(pipeline, {
      store: `${folder.path}/bob`,
      readFrom: [TEAM],
      share: TEAM,
    });
    assert.deepEqual(statuses(bob.record), { one: "ran", two: "cached" });
    const logs = bob.events.flatMap((event) => event.type === "step_log" ? [event.text] : []);
    assert.match(
      logs.join("\n"),
      /^s3:\/\/team\/graft: .*text\.txt has other content, so it is passed over\nwrote one$/,
    );
    assert.equal(server.text(content), "one");
    const eve = await run(pipeline, { store: `${folder.path}/eve`, readFrom: [TEAM] });
    assert.deepEqual(statuses(eve), { one: "cached", two: "cached" });
  });
});

Deno.test("a run goes on without a server that breaks down, and computes what it lacks", async () => {
  await withTeam(async (server, folder) => {
    const pipeline = definePipeline(steps());
    await run(pipeline, { store: `${folder.path}/ann`, share: TEAM });
    let asked = 0;
    server.rules.fault = () => ++asked > 1 ? failure(403, "ExpiredToken") : undefined;
    const { record, events } = await runCollecting(pipeline, {
      store: folder.store,
      readFrom: [TEAM],
    });
    assert.equal(record.status, "done");
    assert.deepEqual(statuses(record), { one: "ran", two: "ran" });
    const logs = events.flatMap((event) => event.type === "step_log" ? [event.text] : []);
    assert.equal(
      logs.filter((text) => /have expired.*not asked any more in this run/.test(text)).length,
      1,
    );
  });
});

Deno.test("a store that cannot be used is told before anything runs", async () => {
  await withTeam(async (server, folder) => {
    const pipeline = definePipeline(steps());
    const options = { store: folder.store, readFrom: [TEAM] };
    await assert.rejects(run(pipeline, options), { name: "RemoteError", message: /is no store/ });
    await assert.rejects(plan(pipeline, options), { name: "RemoteError" });
    server.rules.forbidden = ["put"];
    await assert.rejects(
      run(pipeline, { store: folder.store, share: TEAM }),
      /cannot be written to \(403 AccessDenied\)/,
    );
    await assert.rejects(
      run(pipeline, { store: folder.store, share: "https://host/x" }),
      /https:\/\/host\/x is only read/,
    );
  });
});

Deno.test("results that cannot be shared are kept, and the record says which and why", async () => {
  await withTeam(async (server, folder) => {
    const pipeline = definePipeline(steps());
    server.rules.fault = (request, url) =>
      request.method === "PUT" && url.pathname.includes("/two/")
        ? failure(403, "AccessDenied")
        : undefined;
    const { record, events } = await runCollecting(pipeline, { store: folder.store, share: TEAM });
    assert.equal(record.status, "done");
    assert.deepEqual(record.sharing?.shared.map(({ step }) => step), ["one"]);
    assert.deepEqual(record.sharing?.failed.map(({ step }) => step), ["two"]);
    const [told] = events.filter((event) => event.type === "step_not_shared");
    assert.match(told.type === "step_not_shared" ? told.reason : "", /right s3:PutObject/);
    server.rules.fault = undefined;
    const again = await run(pipeline, { store: folder.store, share: TEAM });
    assert.deepEqual(again.sharing?.failed, []);
    assert.deepEqual(again.sharing?.shared.map(({ files }) => files).sort(), [0, 1]);
  });
});

Deno.test("a step that fails shares nothing, and what was made before it is shared", async () => {
  await withTeam(async (server, folder) => {
    const pipeline = definePipeline([
      writeText("one"),
      misbehave("throw", "", { name: "two", inputs: ["one"] }),
    ]);
    const record = await run(pipeline, { store: folder.store, share: TEAM });
    assert.equal(record.status, "failed");
    assert.deepEqual(record.sharing?.shared.map(({ step }) => step), ["one"]);
    assert.deepEqual(server.keys("graft/entries/two/"), []);
  });
});

Deno.test("keys to the server stand in nothing that is kept, shared or told", async () => {
  await withTeam(async (server, folder) => {
    const pipeline = definePipeline(steps());
    const { record, events } = await runCollecting(pipeline, {
      store: folder.store,
      readFrom: [TEAM],
      share: TEAM,
    });
    const kept = [...filesIn(folder.path)].map((path) => Deno.readTextFileSync(path));
    const sent = server.keys().map((key) => server.text(key));
    for (const text of [...kept, ...sent, JSON.stringify([record, events])]) {
      for (const secret of Object.values(KEYS)) assert.ok(!text.includes(secret));
    }
    assert.ok(kept.length > 5 && sent.length === 5);
  });
});

Deno.test("an artifact that is only on the server is brought for who asks for the latest", async () => {
  await withTeam(async (_, folder) => {
    const pipeline = definePipeline(steps());
    const { steps: [, two] } = await run(pipeline, { store: folder.store, share: TEAM });
    Deno.removeSync(`${folder.store}/artifacts`, { recursive: true });
    const artifact = await latestArtifact(folder.store, "two", [TEAM]);
    assert.equal(artifact?.path, two.artifact);
    assert.equal(Deno.readTextFileSync(`${artifact!.path}/text.txt`), "one two");
  });
});

Deno.test("runs are compared by what only the server has of them", async () => {
  await withTeam(async (_, folder) => {
    const [one, two] = steps();
    const options = { store: folder.store, share: TEAM };
    const before = await run(definePipeline([one, two]), options);
    const other = { ...two, parameters: schemaOf({ text: "TWO" }) };
    const after = await run(definePipeline([one, other]), options);
    Deno.removeSync(`${folder.store}/entries`, { recursive: true });
    const [compared] = await compareRuns(folder.store, before, after, [TEAM]);
    assert.deepEqual(compared.changes, [
      { kind: "parameter", name: "text", before: `"two"`, after: `"TWO"` },
    ]);
  });
});

Deno.test("what one server has damaged another one's is taken for", async () => {
  await withTeam(async (server, folder) => {
    const pipeline = definePipeline(steps());
    const other = "s3://team/other";
    for (const share of [TEAM, other]) await run(pipeline, { store: `${folder.path}/ann`, share });
    const [content] = server.keys("graft/artifacts/one/");
    server.put(content, "onE");
    const record = await run(pipeline, { store: folder.store, readFrom: [TEAM, other] });
    assert.deepEqual(statuses(record), { one: "cached", two: "cached" });
    assert.equal(stepOf(record, "one").reason, `nothing changed, brought from ${other}`);
    assert.equal(stepOf(record, "two").reason, `nothing changed, brought from ${TEAM}`);
  });
});

Deno.test("an interruption ends sharing at once, and says what was not shared", async () => {
  await withTeam(async (server, folder) => {
    const interruption = new AbortController();
    // No answer comes before the run is over.
    const over = Promise.withResolvers<undefined>();
    server.rules.fault = (request, url) => {
      if (request.method !== "PUT" || !url.pathname.includes("/two/")) return undefined;
      interruption.abort(new Error("interrupted"));
      return over.promise;
    };
    const { status, sharing } = await run(definePipeline(steps()), {
      store: folder.store,
      share: TEAM,
      signal: interruption.signal,
    });
    over.resolve(undefined);
    assert.equal(status, "interrupted");
    assert.deepEqual(sharing?.failed, [{ step: "two", reason: "interrupted" }]);
  });
});

function* filesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* filesIn(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}
