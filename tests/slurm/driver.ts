/**
 * An orchestrator in a process of its own, to be killed: runs one step of `waiting.ts` on the cluster.
 * Arguments: the store, the folder in which the step meets the test, and its name.
 */
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { executorOn } from "./cluster.ts";
import { waitForFile } from "./waiting.ts";

if (import.meta.main) {
  const [store, folder, name] = Deno.args;
  await using executor = executorOn(store);
  await run(definePipeline([waitForFile(folder, name)]), { store, executor });
}
