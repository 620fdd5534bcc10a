/** What our steps are timed beside, each in a process of its own. */
import { randomOnnx } from "./random_onnx.ts";
import { Timer } from "./timer.ts";
import { pathOf, workerArguments } from "./worker_process.ts";

export interface PeerOptions {
  model: string;
  batch: string;
  threads: string;
  /** Of the square photos, in pixels. */
  size: string;
  /** Ours, which decides which of tfjs's own stands beside it. */
  backend: string;
  /** The interpreter that has the peer's package. */
  python: string;
}

export interface Peer extends AsyncDisposable {
  timer: Timer;
  /** In which ways it can do its work, or none: there is one way only. */
  ways: string[];
  /** Whether it can do a kind of work at all. */
  does(kind: string): boolean;
}

/** @throws {Error} when there is none of this name */
export async function startPeer(name: string, options: PeerOptions): Promise<Peer> {
  const { model, batch, threads, size, backend, python } = options;
  const sizes = [batch, threads, size];
  switch (name) {
    case "pytorch": {
      const timer = new Timer(python, [pathOf("pytorch_worker.py"), model, ...sizes]);
      const ways = await timer.ask<string[]>("ways");
      return { timer, ways, does: () => true, [Symbol.asyncDispose]: () => end(timer) };
    }
    case "tfjs": {
      const theirs = backend === "wasm" ? "cpu" : "stock-webgpu";
      const args = workerArguments("worker.ts", [], [theirs, model, ...sizes]);
      const timer = new Timer(Deno.execPath(), args);
      return { timer, ways: [], does: () => true, [Symbol.asyncDispose]: () => end(timer) };
    }
    case "onnxruntime":
    case "openvino": {
      const folder = await Deno.makeTempDir({ prefix: "bench_step_" });
      const file = `${folder}/model.onnx`;
      await Deno.writeFile(file, randomOnnx(model, Number(size)));
      const timer = new Timer(python, [pathOf("onnx_worker.py"), name, file, ...sizes]);
      return {
        timer,
        ways: [],
        does: (kind) => kind.startsWith("infer_"),
        async [Symbol.asyncDispose]() {
          await end(timer);
          await Deno.remove(folder, { recursive: true });
        },
      };
    }
    default:
      throw new Error(
        `"${name}" is no peer of this bench: name pytorch, onnxruntime, openvino or tfjs`,
      );
  }
}

function end(timer: Timer): Promise<void> {
  timer[Symbol.dispose]();
  return Promise.resolve();
}
