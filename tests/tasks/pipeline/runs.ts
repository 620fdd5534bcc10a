/** The runs of a store, by name. */
import assert from "node:assert/strict";
import { graft } from "../graft.ts";
import { finishedRun, FLAGS, STEPS } from "./finished_run.ts";

Deno.test("runs are listed, compared and pinned by name", async () => {
  const { at, folder } = await finishedRun();
  await graft(["run", ...FLAGS], at);
  const { json: [latest, ...older] } = await graft(["runs", "--store=store", "--json"], at);
  assert.deepEqual(Object.keys(latest.parameters).sort(), [...STEPS].sort());
  const pinned = await graft(
    ["pin", "first", `latest~${older.length}`, "--store=store", "--json"],
    at,
  );
  assert.deepEqual(pinned.json, [{ name: "first", run: older.at(-1).id }]);
  const { stdout } = await graft(["runs", "first", "--store=store"], at);
  assert.match(stdout, /^2.*done in .*: 7 ran {2}\[first\]$/m);
  assert.match(
    stdout,
    /^evaluate +ran +[\d.]+ s {2}it never ran\n +\/.*\/artifacts\/evaluate\//m,
  );
  const { stdout: same } = await graft(["compare", "first", "latest", "--store=store"], at);
  assert.match(same, /do not differ\n\npage: \/.*\/store\/compare\.html\n/);
  const page = await Deno.readTextFile(`${folder}/store/compare.html`);
  assert.match(page.replace(/\s+/g, " "), /Of 6 photos that both were asked about.*That is a tie/);
  const { stdout: none } = await graft(["gc", "--max-size=1B", "--store=store"], at);
  assert.equal(none, "0 B removed\n");
});
