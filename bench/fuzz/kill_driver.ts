/**
 * A process that runs the small pipeline and kills itself at its n-th change to the disk. Steps run
 * inside of it, so that theirs count as well. Arguments: the store, and n. Without n it counts: the
 * last line that it prints is how many changes there were.
 */
import { run } from "../../pipeline/run.ts";
import { countChanges } from "./disk_changes.ts";
import { insideProcess, smallPipeline } from "./small_pipeline.ts";

if (import.meta.main) {
  const [store, last] = Deno.args;
  const changes = countChanges(Number(last ?? Infinity));
  const { status } = await run(smallPipeline, { store, executor: insideProcess, jobs: 1 });
  console.log(status, changes());
}
