/** Runs as a user sees them: how they end, and what is said then. */
import assert from "node:assert/strict";
import { Folder, Gate } from "../../pipeline/rig.ts";
import { failure, KEYS, S3Server } from "../../pipeline/store/remote/s3_server.ts";

/** Process groups are `setsid`'s and /proc's here. */
const test = (name: string, body: () => Promise<void>) =>
  Deno.test(name, () => Deno.build.os === "linux" ? body() : console.log("skipped: not on Linux"));

const start = (args: string[], env: Record<string, string> = {}) =>
  // In a process group of its own, so that it can be interrupted as a terminal does: with all.
  new Deno.Command("setsid", {
    args: [
      "--wait",
      Deno.execPath(),
      "run",
      "-A",
      new URL("driver.ts", import.meta.url).href,
      ...args,
    ],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

for (const deaf of [false, true]) {
  const how = deaf ? "a step that does not listen" : "its steps";
  test(`Ctrl-C ends ${how} in two seconds, keeps what was finished, and exits with 130`, async () => {
    using folder = new Folder();
    await using gate = new Gate();
    const env = { PORT: `${gate.port}`, DEAF: deaf ? "1" : "0" };
    const run = start(["run", "waits", "--store", folder.store], env);
    const { pid, gone } = await gate.arrival();
    const group = groupOf(pid);
    const begun = performance.now();
    Deno.kill(-group, "SIGINT");
    const { code, stderr } = await run.output();
    const seconds = (performance.now() - begun) / 1000;
    assert.equal(code, 130);
    // Two on a machine that has nothing else to do.
    assert.ok(seconds < 4, `it took ${seconds} s`);
    assert.equal(await gone, null, "the step's process has ended");
    const said = new TextDecoder().decode(stderr);
    assert.match(said, /✓ before/);
    assert.match(said, /- waits +skipped \(interrupted\)/);
    const again = await start(["plan", "waits", "--json", "--store", folder.store], env).output();
    const [before, waits] = new TextDecoder().decode(again.stdout).trim().split("\n");
    assert.match(before, /"before","status":"cached"/);
    assert.deepEqual(JSON.parse(waits).changes, []);
  });
}

test("a failed step says its own error first, then its log's end, the log, and how to run it alone", async () => {
  using folder = new Folder();
  const run = start([
    "run",
    "before",
    "grumbles",
    `--store=${folder.path}/a b`,
    "--seed",
    "7",
    "--force",
  ]);
  const { code, stderr } = await run.output();
  assert.equal(code, 1);
  const [, told] = new TextDecoder().decode(stderr).split("\ngrumbles failed: ");
  const lines = told.trimEnd().split("\n");
  assert.deepEqual(lines.slice(0, 3), ["it is enough", "", "  | grumble 1"]);
  assert.equal(lines[21], "  | grumble 20");
  const log = /^Its whole log: (.*)$/.exec(lines[22])![1];
  assert.equal(Deno.readTextFileSync(log).split("\n").length, 21);
  const rerun = `To run it again: deno task grumbles '--store=${folder.path}/a b' --seed=7`;
  assert.equal(lines[23], rerun);
});

test("verify without --repeat takes no flag of how steps are run", async () => {
  using folder = new Folder();
  const { code, stderr } = await start(["verify", "--seed=3", `--store=${folder.store}`]).output();
  assert.equal(code, 2);
  assert.match(new TextDecoder().decode(stderr), /verify takes --seed with --repeat STEP alone/);
});

test("verify --repeat tells whether a step gives the same twice, and exits accordingly", async () => {
  using folder = new Folder();
  const { code, stdout } = await start([
    "verify",
    "--repeat=before",
    "--json",
    `--store=${folder.store}`,
  ]).output();
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), {
    step: "before",
    deterministic: true,
    differences: [],
  });
});

function groupOf(pid: number): number {
  // Field 5, after the name, which is in parentheses.
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
}

test("a run that shares says what others have of it, and fails if they have not all", async () => {
  using folder = new Folder();
  await using server = new S3Server("team");
  const env = {
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_ENDPOINT_URL: server.endpoint,
  };
  const args = (store: string) => [
    "before",
    "--store",
    `${folder.path}/${store}`,
    "--share=s3://team/graft",
    "--store-from=s3://team/graft",
  ];
  const first = await start(["run", ...args("ann")], env).output();
  const [said, told] = [first.stdout, first.stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(first.code, 0, told);
  assert.match(said, /^shared with s3:\/\/team\/graft: 1 results \(0\.0 MB\)$/m);
  assert.match(told, /^↑ before +shared with s3:\/\/team\/graft \(0\.0 MB\)$/m);
  const planned = await start(["plan", ...args("bob"), "--json"], env).output();
  const [entry] = new TextDecoder().decode(planned.stdout).trim().split("\n");
  assert.equal(JSON.parse(entry).reason, "nothing changed, in s3://team/graft");
  server.objects.delete(server.keys("graft/entries")[0]);
  server.rules.fault = (request, url) =>
    request.method === "PUT" && url.pathname.includes("/entries/")
      ? failure(403, "AccessDenied")
      : undefined;
  const refused = await start(["run", ...args("ann")], env).output();
  assert.equal(refused.code, 1);
  const why = new TextDecoder().decode(refused.stderr);
  assert.match(why, /^Not shared with s3:\/\/team\/graft: before: .* the right s3:PutObject$/m);
  assert.match(why, /run again to share them/);
  for (const text of [said, told, why]) assert.doesNotMatch(text, /AKIDTEST|s3cr3t/);
});

test("a password in a store's address is in nothing that is said", async () => {
  using folder = new Folder();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      new URL(request.url).pathname === "/x/store.json"
        ? new Response("{}")
        : new Response(null, { status: 404 }),
  );
  const at = `http://me:hidden@127.0.0.1:${server.addr.port}/x?sig=hidden`;
  const args = ["run", "grumbles", `--store-from=${at}`, `--store=${folder.store}`, "--verbose"];
  const { code, stdout, stderr } = await start(args).output();
  const told = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join();
  assert.equal(code, 1);
  assert.match(told, /To run it again: .* --store-from=http:\/\/127\.0\.0\.1:\d+\/x /);
  assert.doesNotMatch(told, /hidden/);
  await server.shutdown();
});
