/**
 * A process of its own that runs a pipeline of the rig's steps: to be killed, or to race another.
 * Arguments: the store, and `{name, inputs?, port?}[]` as JSON; a step with a port waits for the
 * test. Prints events, one a line.
 */
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { waitForTest, writeText } from "./rig.ts";

interface StepSpec {
  name: string;
  inputs?: string[];
  port?: number;
  busy?: "talking" | "silent";
}

if (import.meta.main) {
  const [store, specs] = Deno.args;
  const steps = (JSON.parse(specs) as StepSpec[]).map(({ name, inputs, port, busy }) =>
    port ? waitForTest(name, port, { inputs, busy }) : writeText(name, inputs)
  );
  await run(definePipeline(steps), {
    store,
    onEvent: (event) => console.log(JSON.stringify(event)),
  });
}

/** The process, and its events as they come. */
export function drive(store: string, steps: StepSpec[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.url, store, JSON.stringify(steps)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  return { child, events: eventsOf(child.stdout) };
}

async function* eventsOf(stdout: ReadableStream<Uint8Array>) {
  let rest = "";
  for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      yield JSON.parse(line) as import("../../pipeline/mod.ts").PipelineEvent;
    }
  }
}
