/** What the orchestrator's tests share: stores that vanish, real steps, a way to step through them. */
import type { StandardSchema, StepDeclaration } from "../../pipeline/declaration.ts";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { definePipeline, type Pipeline } from "../../pipeline/graph.ts";
import { run, type RunOptions } from "../../pipeline/run.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";

export const STEPS = new URL("./steps/", import.meta.url);

/** A folder for one test. */
export class Folder implements Disposable {
  readonly path: string;
  readonly store: string;

  /** @param parent the system's folder for temporary files when left out */
  constructor(parent?: string) {
    this.path = Deno.makeTempDirSync({ dir: parent, prefix: "pipeline_test_" });
    this.store = `${this.path}/store`;
  }

  write(name: string, text: string): string {
    const path = `${this.path}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, text);
    return path;
  }

  read(name: string): string {
    return Deno.readTextFileSync(`${this.path}/${name}`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6D2B79F5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Takes any parameters that have all of `defaults`' names, filling in what is missing. */
export function schemaOf<P extends object>(defaults: P): StandardSchema<P> {
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => {
        const unknown = Object.keys(value as object).find((name) => !(name in defaults));
        return unknown
          ? { issues: [{ message: "is not known", path: [unknown] }] }
          : { value: { ...defaults, ...value as object } };
      },
    },
  };
}

/** A step that writes a text after those of its inputs. */
export function writeText(
  name: string,
  inputs: string[] = [],
  more: Partial<StepDeclaration> = {},
): StepDeclaration {
  return {
    name,
    module: new URL("write_text.ts", STEPS),
    parameters: schemaOf({ text: name }),
    inputs,
    outputs: ["text.txt"],
    ...more,
  };
}

/** A step that goes wrong in one of the ways of `steps/misbehave.ts`. */
export function misbehave(
  way: string,
  path = "",
  more: Partial<StepDeclaration> = {},
): StepDeclaration {
  return {
    name: "step",
    module: new URL("misbehave.ts", STEPS),
    parameters: schemaOf({ way, path }),
    inputs: [],
    outputs: ["text.txt"],
    ...more,
  };
}

/** A step that tells the test at `port` that it runs, and waits for its word. */
export function waitForTest(
  name: string,
  port: number,
  { deaf = false, busy, ...more }:
    & Partial<StepDeclaration>
    & { deaf?: boolean; busy?: "talking" | "silent" } = {},
): StepDeclaration {
  return {
    name,
    module: new URL("wait.ts", STEPS),
    parameters: schemaOf({ port, deaf, ...busy && { busy } }),
    notInKey: ["port"],
    outputs: ["text.txt"],
    permissions: () => ({ net: [`127.0.0.1:${port}`] }),
    ...more,
    inputs: more.inputs ?? [],
  };
}

/** Runs and collects the events. */
export async function runCollecting(
  pipeline: Pipeline,
  options: RunOptions,
): Promise<{ record: RunRecord; events: PipelineEvent[] }> {
  const events: PipelineEvent[] = [];
  const record = await run(pipeline, {
    ...options,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  return { record, events };
}

/** Runs a single step that is expected to fail and returns its record. */
export async function runAlone(step: StepDeclaration, store: string) {
  const record = await run(definePipeline([step]), { store });
  return record.steps[0];
}

/** `{step: status}` of a run. */
export const statuses = (record: RunRecord) =>
  Object.fromEntries(record.steps.map(({ step, status }) => [step, status]));

/** A step's record in a run. */
export const stepOf = (record: RunRecord, name: string) =>
  record.steps.find(({ step }) => step === name)!;

/** Lets steps of `steps/wait.ts` tell where they are and wait until they may go on. */
export class Gate implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections: Deno.Conn[] = [];

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  step(name: string, more?: Parameters<typeof waitForTest>[2]): StepDeclaration {
    return waitForTest(name, this.port, more);
  }

  /** The process id of the next step that arrives, and how to let it go on. */
  async arrival(): Promise<{ pid: number; go: () => Promise<unknown>; gone: Promise<unknown> }> {
    const connection = await this.#listener.accept();
    this.#connections.push(connection);
    const buffer = new Uint8Array(32);
    const length = await connection.read(buffer);
    const pid = Number(new TextDecoder().decode(buffer.subarray(0, length ?? 0)));
    return {
      pid,
      go: () => connection.write(new TextEncoder().encode("go")),
      // The operating system closes a dead process's connections.
      get gone() {
        return connection.read(new Uint8Array(1)).catch(() => null);
      },
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) {
      try {
        connection.close();
      } catch { /* The step is gone. */ }
    }
    this.#listener.close();
    return Promise.resolve();
  }
}
