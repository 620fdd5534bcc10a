/** Kills at any change to the disk: the rerun gives the same bytes, and the store is whole. */
import { plan } from "../../pipeline/explain/plan.ts";
import type { Kind, Outcome } from "./kind.ts";
import { temporaryFolder } from "./kind.ts";
import { freshStore, runUntil } from "./kill_process.ts";
import { below } from "./random.ts";
import { Reading } from "./reading.ts";
import { smallPipeline } from "./small_pipeline.ts";

const LIMITS = { seconds: 30, memory: 1024 * 2 ** 20 };

export const kills: Kind = {
  name: "kills",
  share: 3,
  async prepare() {
    const folder = temporaryFolder();
    const { store: whole, changes } = await freshStore(folder.path);
    const wanted = await digestsOf(whole);
    const reading = new Reading(LIMITS);
    const attempt = async (store: string, points: number[]): Promise<Outcome> => {
      const what = `killed at change ${points.join(", then ")} of ${changes}`;
      for (const point of points) await runUntil(store, point);
      const outcome = await reading.ask("store", { store }, what);
      if (outcome.verdict === "problem" || await digestsOf(store) === wanted) return outcome;
      return { ...outcome, verdict: "problem", what: `${what}: the rerun gives other bytes` };
    };
    return {
      async run(random) {
        const store = `${folder.path}/killed`;
        Deno.mkdirSync(store);
        // The module graph is known: to ask for it takes most of such a short run.
        await new Deno.Command("cp", { args: ["-r", `${whole}/cache`, store] }).output();
        const points = [1 + below(random, changes)];
        while (random() < 0.3) points.push(1 + below(random, changes));
        try {
          return await attempt(store, points);
        } catch (error) {
          return { verdict: "problem", what: `killed at ${points}: ${(error as Error).message}` };
        } finally {
          Deno.removeSync(store, { recursive: true });
        }
      },
      async [Symbol.asyncDispose]() {
        await reading[Symbol.asyncDispose]();
        folder[Symbol.dispose]();
      },
    };
  },
};

/** Each step's result, by its digest. */
async function digestsOf(store: string): Promise<string> {
  const entries = await plan(smallPipeline, { store });
  return entries.map(({ step, status, digest }) => `${step} ${status} ${digest}`).join();
}
