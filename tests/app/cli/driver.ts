/** A program of its own with this command line, over the orchestrator's test steps. */
import * as v from "valibot";
import { defineSettings, type Program } from "../../../app/cli/application.ts";
import { flag, integer } from "../../../app/cli/flag.ts";
import { main } from "../../../app/cli/main.ts";
import { plan } from "../../../app/commands/plan.ts";
import { run } from "../../../app/commands/run.ts";
import { verify } from "../../../app/commands/verify.ts";
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
  const program: Program = {
    pipeline: () => Promise.resolve(pipeline),
    settings: defineSettings(
      v.object({ seed: flag(integer(0), { value: "N", help: "that no step looks at" }) }),
      () => Promise.resolve({ parameters: {}, notes: [] }),
    ),
    sweep: () => {
      throw new Error("there are no sweeps here");
    },
  };
  const code = await main(Deno.args, {
    name: "graft",
    version: "0.0.0",
    about: "a test",
    defaultCommand: "pipeline",
    defaultStore: "/nowhere",
    called: "deno task",
    steps: { before: "write a text", grumbles: "fail", waits: "wait for the test" },
    commands: [run(program), plan(program), verify(program)],
  });
  Deno.exit(code);
}
