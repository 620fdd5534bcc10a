/**
 * `deno task bench slurm_kills`: a graph of eight steps on a real Slurm, during which at a seeded moment
 * a node, a node's daemon alone (its jobs live on unseen), the controller or the orchestrator is killed
 * with -9, started again, and what came of it compared byte by byte with what is made here.
 * Arguments: `--kills N --seed N`.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { definePipeline, type Pipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { verify } from "../../pipeline/upkeep/verify.ts";
import { Folder, schemaOf, seededRandom, STEPS } from "../pipeline/rig.ts";
import { executorOn, TestCluster, whyNoSlurm } from "./cluster.ts";
import { filesBelow } from "./files_below.ts";

const VICTIMS = ["node", "node's daemon", "controller", "orchestrator"] as const;
type Victim = typeof VICTIMS[number];

function graph(): Pipeline {
  const step = (name: string, inputs: string[] = []) => ({
    name,
    module: new URL("write_slowly.ts", STEPS),
    parameters: schemaOf({ text: name, seconds: 1 }),
    inputs,
    outputs: ["text.txt"],
  });
  const middle = ["b", "c", "d", "e", "f", "g"];
  return definePipeline([step("a"), ...middle.map((name) => step(name, ["a"])), step("z", middle)]);
}

async function drive(store: string): Promise<void> {
  await using executor = executorOn(store);
  const { status, steps } = await run(graph(), {
    store,
    executor,
    retryWait: 0.1,
    onEvent: (event) => {
      if (event.type === "step_retried") console.log(event.message);
    },
  });
  for (const { error } of steps) if (error) console.log(`failed: ${error.message}`);
  Deno.exit(status === "done" ? 0 : 1);
}

const startDriver = (store: string) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fileURLToPath(import.meta.url), "--drive", store],
    stdout: "piped",
  }).spawn();

async function strike(
  victim: Victim,
  cluster: TestCluster,
  driver: Deno.ChildProcess,
  random: () => number,
): Promise<void> {
  const node = `n${1 + Math.floor(3 * random())}`;
  if (victim === "orchestrator") driver.kill("SIGKILL");
  else if (victim === "controller") cluster.killController();
  else await cluster.killNode(node, { daemonAlone: victim === "node's daemon" });
}

async function campaign(kills: number, seed: number): Promise<void> {
  await using cluster = new TestCluster(17400);
  await cluster.start();
  using here = new Folder();
  await run(graph(), { store: here.store });
  const expected = JSON.stringify(filesBelow(`${here.store}/artifacts`));
  const counts = { kills: 0, wrong: 0, retried: 0, lives: 0 };
  for (let i = 0; i < kills; i++) {
    const random = seededRandom(seed + i);
    const victim = VICTIMS[i % VICTIMS.length];
    const after = 1000 * (0.5 + 8 * random());
    using folder = new Folder();
    let driver = startDriver(folder.store);
    let said = new Response(driver.stdout).text();
    const isOver = await Promise.race([
      driver.status.then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), after)),
    ]);
    if (!isOver) await strike(victim, cluster, driver, random);
    if (victim === "orchestrator") {
      await driver.status;
      driver = startDriver(folder.store);
      said = new Response(driver.stdout).text();
      counts.lives++;
    }
    const { success } = await cluster.lookAfter(driver.status);
    const retried = (await said).trim().split("\n").filter(Boolean);
    const isSame = JSON.stringify(filesBelow(`${folder.store}/artifacts`)) === expected;
    const damages = await verify(folder.store);
    const isRight = success && isSame && damages.length === 0;
    counts.kills++;
    counts.retried += retried.length;
    if (!isRight) counts.wrong++;
    console.log(JSON.stringify({
      seed: seed + i,
      victim,
      after: Math.round(after),
      isOver,
      right: isRight,
      retried,
    }));
  }
  console.log(JSON.stringify(counts));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "30" },
      seed: { type: "string", default: "1" },
      drive: { type: "string" },
    },
  });
  if (values.drive) await drive(values.drive);
  const missing = whyNoSlurm();
  if (missing) {
    console.error(`Slurm cannot be tried: ${missing}`);
    Deno.exit(2);
  }
  await campaign(Number(values.kills), Number(values.seed));
}
