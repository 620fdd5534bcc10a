/** What the home page's server answers: to people, to their mistakes, and to whoever should not ask. */
import assert from "node:assert/strict";
import { HOME_HEADERS, HomeSite } from "../../../app/home/home_site.ts";
import { graft } from "../../../app/graft.ts";
import { serveGuarded } from "../../../app/serve/guarded_server.ts";
import { graftPipeline } from "../../../tasks/pipeline.ts";
import type { Program } from "../../../app/cli/application.ts";
import { MadeUpStore } from "./made_up_store.ts";

const program = { pipeline: () => Promise.resolve(graftPipeline([])) } as unknown as Program;

const siteOf = ({ path }: MadeUpStore) =>
  new HomeSite(program, { folder: path, store: path, readFrom: [] });

async function ask(site: HomeSite, path: string, method = "GET") {
  const response = await site.answer(new Request(`http://localhost${path}`, { method }));
  return { status: response.status, headers: response.headers, text: await response.text() };
}

Deno.test("a store without runs says how to begin", async () => {
  await using made = await MadeUpStore.make();
  const { status, text } = await ask(siteOf(made), "/");
  assert.equal(status, 200);
  assert.match(text, /There is none yet\. <code>deno task start<\/code>/);
});

Deno.test("commands are called as they are typed, on pages and in what pages fetch", async () => {
  await using made = await MadeUpStore.make();
  const asTyped = (text: string) => text.replaceAll("deno task start", "graft start");
  const site = new HomeSite({ ...program, asTyped }, {
    folder: made.path,
    store: made.path,
    readFrom: [],
  });
  for (const path of ["/", "/parts"]) {
    const { text } = await ask(site, path);
    assert.match(text, /graft start/, path);
    assert.doesNotMatch(text, /deno task start/, path);
  }
});

Deno.test("models come with accuracy, pictures, report and names; markup in names is text", async () => {
  await using made = await MadeUpStore.make();
  const site = siteOf(made);
  const first = await made.evaluated(["ants", "bees"], "hens");
  const second = await made.evaluated(["<i>nuts", "bolts"]);
  const { text } = await ask(site, "/");
  assert.match(text, /<h3 id="model-[^"]*">hens<\/h3>/);
  assert.match(text, /<p class="figure">50\.0%<\/p>/);
  assert.match(text, /right on 2 of the 4 photos kept aside/);
  assert.match(text, /&lt;i>nuts, bolts|&lt;i&gt;nuts, bolts/);
  assert.ok(!text.includes("<i>") && !text.includes("hens <b>"), "a name is no markup");
  assert.match(text, /predict PHOTO --run hens/);
  const [current] = text.match(/<article[\s\S]*?<\/article>/g)!
    .filter((card) => card.includes("that predict asks"));
  assert.ok(current.includes(second.id), "the newest is the one that is asked");
  const [image] = text.match(new RegExp(`/photo/${first.id}/\\w+\\.png`))!;
  const photo = await ask(site, image);
  assert.deepEqual([photo.status, photo.headers.get("content-type")], [200, "image/png"]);
  const report = await ask(site, `/report/${first.id}`);
  assert.match(report.text, /<h1>ants and bees<\/h1>/);
});

Deno.test("the same model in later runs is one model, dated by the run that made it", async () => {
  await using made = await MadeUpStore.make();
  const first = await made.evaluated(["ants", "bees"]);
  const { id } = await made.store.runs.begin();
  await made.record(id, "done", first.steps.map((step) => ({ ...step, status: "cached" })));
  const { text } = await ask(siteOf(made), "/");
  assert.equal(text.match(/<article/g)!.length, 1);
  assert.ok(text.includes(`model-${first.id}`));
});

Deno.test("runs show how they ended; one that goes on leads to its page", async () => {
  await using made = await MadeUpStore.make();
  const site = siteOf(made);
  const failed = await made.failed("no <b> such folder");
  const { run: killed, end } = await made.training();
  end();
  const { run: going } = await made.training();
  const { text } = await ask(site, "/");
  const stateOf = (id: string) =>
    new RegExp(`/run/${id}">[^]*?class="state (\\w+)"`).exec(text.split('id="runs"')[1])![1];
  assert.deepEqual([failed, killed, going].map(({ id }) => stateOf(id)), [
    "failed",
    "killed",
    "running",
  ]);
  assert.match(text, new RegExp(`class="now"><a href="/run/${going.id}"`));
  const page = await ask(site, `/run/${killed.id}`);
  assert.match(page.text, /Its process is gone without a word/);
  assert.match(page.text, /was at work/);
  assert.ok(page.text.indexOf("train_finetune:") > 0);
  const why = await ask(site, `/run/${failed.id}`);
  assert.match(why.text, /download_data failed: no &lt;b(>|&gt;) such folder/);
});

Deno.test("a run that goes on is told in parts, until it is over", async () => {
  await using made = await MadeUpStore.make();
  const site = siteOf(made);
  const { run, end, goOn } = await made.training();
  const look = async () => JSON.parse((await ask(site, `/run/${run.id}/parts`)).text);
  const before = await look();
  assert.equal(before.over, false);
  assert.match(before.parts.state, /epoch 2 of 4, training, batch 1 of 15: loss 0\.4900/);
  assert.match(before.parts.state, /59 s left/);
  assert.match(before.parts.curves, /<svg/);
  goOn(15);
  const after = await look();
  assert.match(after.parts.state, /batch 15 of 15/);
  assert.notEqual(after.parts.curves, before.parts.curves, "curves grow within an epoch");
  end();
  assert.equal((await look()).over, true);
});

Deno.test("two runs are compared, and no other number of them", async () => {
  await using made = await MadeUpStore.make();
  const site = siteOf(made);
  const [one, other] = [
    await made.evaluated(["ants", "bees"]),
    await made.evaluated(["ants", "bees"], "b"),
  ];
  const { status, text } = await ask(site, `/compare?run=${one.id}&run=${other.id}`);
  assert.equal(status, 200);
  assert.match(text, /Two runs side by side/);
  for (
    const query of ["", `?run=${one.id}`, `?run=${one.id}&run=${one.id}`, `?run=${one.id}&run=x`]
  ) {
    const refused = await ask(site, `/compare${query}`);
    assert.equal(refused.status, 400, query);
    assert.match(refused.text, /Tick exactly two models/);
  }
  const { run } = await made.training();
  const unfinished = await ask(site, `/compare?run=${one.id}&run=${run.id}`);
  assert.equal(unfinished.status, 404);
});

Deno.test("an evaluation that cannot be read is told of, and takes nothing else along", async () => {
  await using made = await MadeUpStore.make();
  const site = siteOf(made);
  const whole = await made.evaluated(["ants", "bees"]);
  const broken = await made.evaluated(["nuts", "bolts"]);
  const folder = broken.steps.at(-1)!.artifact!;
  Deno.chmodSync(`${folder}/metrics.json`, 0o644);
  Deno.writeTextFileSync(`${folder}/metrics.json`, "{");
  const { status, text } = await ask(site, "/");
  assert.equal(status, 200);
  assert.match(text, /Its evaluation cannot be read/);
  assert.ok(text.includes(`/report/${whole.id}`));
});

Deno.test("nothing but runs' pages can be reached, by whatever path", async () => {
  await using made = await MadeUpStore.make();
  const site = siteOf(made);
  const { id } = await made.evaluated(["ants", "bees"]);
  Deno.writeTextFileSync(`${made.path}/secret`, "secret");
  const paths = [
    "/secret",
    "/run",
    "/run/",
    "/run/..%2f..%2fsecret",
    `/run/${id}/record.json`,
    `/run/${id}/parts/x`,
    `/report/${id}/x`,
    `/report/${id.slice(0, 10)}`,
    `/photo/${id}/..%2ffacts.json`,
    `/photo/${id}/facts.json`,
    `/photo/${id}/`,
    "/parts/x",
    "/%00",
    "/%",
    "/compare/x",
  ];
  for (const path of paths) {
    const { status, text } = await ask(site, path);
    assert.equal(status, 404, path);
    assert.ok(!text.includes("secret"));
  }
  for (const method of ["POST", "PUT", "DELETE"]) {
    assert.equal((await ask(site, "/", method)).status, 405);
  }
  assert.equal((await ask(site, "/", "HEAD")).text, "");
});

Deno.test("other sites in the same browser, and other names of this computer, are refused", async () => {
  await using made = await MadeUpStore.make();
  const site = siteOf(made);
  const end = new AbortController();
  const server = await serveGuarded(
    { hostname: "127.0.0.1", port: 0, headers: HOME_HEADERS, signal: end.signal },
    (request) => site.answer(request),
  );
  const ask = async (headers: Record<string, string>) => {
    // fetch sets Host itself.
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
    const lines = Object.entries({ connection: "close", ...headers }).map(([n, v]) => `${n}: ${v}`);
    await connection.write(
      new TextEncoder().encode(`GET /parts HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`),
    );
    return (await new Response(connection.readable).text()).split(" ")[1];
  };
  const host = `127.0.0.1:${server.addr.port}`;
  assert.equal(await ask({ host }), "200");
  assert.equal(await ask({ host: "evil.example" }), "403");
  assert.equal(await ask({ host, origin: "http://evil.example" }), "403");
  assert.equal(await ask({ host, "sec-fetch-site": "cross-site" }), "403");
  const { headers } = await fetch(`http://${host}/`).then(async (answer) => {
    await answer.body?.cancel();
    return answer;
  });
  assert.match(headers.get("content-security-policy")!, /default-src 'none'; script-src 'self'/);
  end.abort();
  await server.finished;
});

Deno.test("home is a command of its own, and a task", async () => {
  const { commands } = graft("/store");
  assert.ok(commands.some(({ name }) => name === "home"));
  const { tasks } = JSON.parse(
    await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)),
  );
  assert.equal(tasks.home.command, "deno run -A app/main.ts home");
});
