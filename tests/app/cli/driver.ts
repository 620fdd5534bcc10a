/** A program of its own with this command line, over the orchestrator's test steps. */
import { main } from "../../../app/cli/main.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { misbehave, waitForTest, writeText } from "../../pipeline/rig.ts";

if (import.meta.main) {
  const port = Number(Deno.env.get("PORT") ?? 1);
  const deaf = Deno.env.get("DEAF") === "1";
  const pipeline = definePipeline([
    writeText("before"),
    misbehave("grumble", "", { name: "grumbles" }),
    waitForTest("waits", port, { inputs: ["before"], deaf }),
  ]);
  const code = await main(Deno.args, {
    pipeline,
    defaultStore: "/nowhere",
    configure: () => Promise.resolve({ parameters: {}, notes: [] }),
    sweep: () => {
      throw new Error("there are no sweeps here");
    },
    commands: {},
  });
  Deno.exit(code);
}
