/** `deno task serve` on this computer alone, with a model of no use, for attacks. */
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { findArchitecture } from "../../models/registry.ts";
import { writeSafetensors } from "../../weights/safetensors.ts";
import { elementsOf, type Tensor } from "../../weights/tensor.ts";
import { sendSignal } from "../send_signal.ts";
import { temporaryFolder } from "./kind.ts";
import { linesOf } from "./lines.ts";
import { peakMemory } from "./process_memory.ts";

const MODEL = "mobilenet_v2";
const APP = new URL("../../app/main.ts", import.meta.url).pathname;
/** To load a model and make the page. */
const START_MS = 120_000;

export class Served implements AsyncDisposable {
  private constructor(
    readonly port: number,
    readonly messages: string[],
    private readonly process: Deno.ChildProcess,
    private readonly folder: Disposable,
    private readonly lines: AsyncGenerator<string>,
  ) {}

  static async start(): Promise<Served> {
    const folder = temporaryFolder();
    const weights = `${folder.path}/model.safetensors`;
    await writeSafetensors(weights, parametersOf(MODEL));
    const model = ["--weights", weights, "--model", MODEL, "--classes", "ants,bees"];
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", APP, "serve", ...model, "--port", "0", "--json"],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const messages: string[] = [];
    (async () => {
      for await (const line of linesOf(process.stderr)) messages.push(line);
    })();
    const lines = linesOf(process.stdout);
    const timer = setTimeout(() => sendSignal(process, "SIGKILL"), START_MS);
    const { value } = await lines.next();
    clearTimeout(timer);
    if (value === undefined) throw new Error(`serve does not start: ${messages.join("\n")}`);
    return new Served(JSON.parse(value).port, messages, process, folder, lines);
  }

  /** In bytes: of the process that answers. */
  get peak(): number | undefined {
    return peakMemory(this.process.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    sendSignal(this.process, "SIGKILL"); // an attack may have ended it, which was told
    await this.process.status;
    await this.lines.return(undefined);
    this.folder[Symbol.dispose]();
  }
}

/** Of the right shapes, and of no meaning. */
function parametersOf(name: string): Map<string, Tensor> {
  return new Map(
    parameterSpecs(findArchitecture(name), 2).map(({ name, shape }): [string, Tensor] => {
      const data = new Float32Array(elementsOf(shape));
      const isScale = /(running_var|\d\.weight)$/.test(name) && shape.length === 1;
      for (let i = 0; i < data.length; i++) data[i] = isScale ? 1 : Math.sin(i) / 10;
      return [name, { dtype: "float32", shape, data }];
    }),
  );
}
