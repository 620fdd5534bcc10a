/** The model of a whole run, served. */
import assert from "node:assert/strict";
import { graft } from "../graft.ts";
import { finishedRun } from "./finished_run.ts";

Deno.test("serve answers programs as predict does, and ends when it is told", async () => {
  const { folder, at } = await finishedRun();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "app/main.ts", "serve", "--port=0", "--store=store", "--json"],
    env: { INIT_CWD: folder },
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) text += (await reader.read()).value ?? "\n";
  const { url, hostname } = JSON.parse(text);
  assert.equal(hostname, "127.0.0.1");
  const photo = await Deno.readFile(`${folder}/mine.png`);
  const answer = await fetch(`${url}predict`, { method: "POST", body: photo });
  const { json: [ours] } = await graft(["predict", "mine.png", "--store=store", "--json"], at);
  const { top, logits } = await answer.json();
  assert.deepEqual({ top, logits }, { top: ours.top, logits: ours.logits });
  const page = await (await fetch(url)).text();
  assert.match(page, /<title>/);

  const busy = await graft(["serve", `--port=${new URL(url).port}`, "--store=store"], at);
  assert.equal(busy.code, 1);
  assert.match(busy.stderr, /is taken by another program.*--port/);

  child.kill("SIGINT");
  await reader.cancel();
  assert.equal((await child.status).code, 130);
});
