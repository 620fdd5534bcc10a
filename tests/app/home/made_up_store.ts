/** A store with runs that nobody ran: evaluated, going on, killed and failed ones. */
import { digestOf } from "../../../pipeline/digest.ts";
import { openStore } from "../../../pipeline/implementations.ts";
import type { LiveStep, RunRecord, StepRecord } from "../../../pipeline/run_record.ts";
import type { Attendance, Manifest } from "../../../pipeline/store.ts";
import { digestOfTree } from "../../../pipeline/tree.ts";
import { writeFacts } from "../../../tasks/artifacts/facts.ts";
import { curvesFile } from "../../../tasks/artifacts/history.ts";
import { metricsFile } from "../../../tasks/artifacts/metrics.ts";
import { predictionsFile } from "../../../tasks/artifacts/predictions.ts";
import { epochLine } from "../../../tasks/epoch_line.ts";
import { factsOf } from "../../report/page_facts.ts";

const GRAPH = {
  download_data: [],
  convert_weights: [],
  build_datasets: ["download_data"],
  train_finetune: ["build_datasets", "convert_weights"],
  train_frozen: ["build_datasets", "convert_weights"],
  evaluate: ["train_finetune", "train_frozen"],
  predict: ["evaluate"],
};

export class MadeUpStore implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync();
  readonly store = openStore(this.path);
  readonly #attended: Attendance[] = [];

  static async make(): Promise<MadeUpStore> {
    const made = new MadeUpStore();
    (await made.store.use())[Symbol.dispose]();
    return made;
  }

  /**
   * A run that is over, with a model of these classes.
   * @param name of the run; one that has a name answers otherwise
   */
  async evaluated(classes: string[], name?: string): Promise<RunRecord> {
    const { id } = await this.store.runs.begin();
    const facts = factsOf(classes);
    const evaluate = await this.publish("evaluate", id, async (folder) => {
      await writeFacts(folder, facts);
      const branches = Object.fromEntries(
        Object.entries(facts.branches).map(([branch, { curves: _, ...score }]) => [branch, {
          ...score,
          calibration: { ...score.calibration, nll: { before: 1, after: 0.9 } },
          unlike_beyond: null,
        }]),
      );
      await metricsFile.write(folder, {
        branches: branches as never,
        comparison: { ...facts.comparison!, summary: "finetune got 7 more right" },
      });
      const answers = classes.map((label, i) => ({
        path: `val/${label}/1.jpg`,
        label,
        finetune: {
          label: classes[(i + (name === undefined ? 0 : 1)) % classes.length],
          probability: 0.7,
        },
        frozen: { label, probability: 0.8 },
      }));
      await predictionsFile.write(folder, answers);
    });
    const trained = await this.publish(
      "train_finetune",
      id,
      (folder) => curvesFile.write(folder, facts.branches.finetune.curves),
    );
    const record = await this.record(id, "done", [
      { ...DOWNLOADED },
      stepOf("convert_weights", { result: { model: "mobilenet_v2" } }),
      stepOf("train_finetune", trained),
      stepOf("evaluate", { ...evaluate, result: { finetune: 0.5, frozen: 0.4 } }),
    ]);
    if (name !== undefined) await this.store.runs.pin(name, id);
    return record;
  }

  /** A run that is at its second epoch; `end` takes its process away. */
  async training(): Promise<{ run: RunRecord; end: () => void; goOn: (batch: number) => void }> {
    const { id, folder } = await this.store.runs.begin();
    const attendance = await this.store.runs.attend(id);
    this.#attended.push(attendance);
    const goOn = (batch: number) => {
      const step: LiveStep = {
        started: new Date(Date.now() - 5000).toISOString(),
        reason: "it never ran",
        progress: {
          done: 20 + batch,
          total: 80,
          unit: "batches",
          epoch: 1,
          epochs: 4,
          phase: "train",
          batch,
          batches: 15,
          loss: 0.5 - batch / 100,
          accuracy: 0.75,
          seconds_left: 60 - batch,
        },
      };
      attendance.tell({ at: new Date().toISOString(), steps: { train_finetune: step } });
    };
    const phase = (loss: number) => ({ loss, accuracy: 0.5, seconds: 1 });
    const line = epochLine({ epoch: 0, lr: 1, train: phase(0.9), val: phase(0.8) }, 4, 0.5);
    Deno.writeTextFileSync(`${folder}/train_finetune.log`, `${line}\n`);
    goOn(1);
    const run = await this.record(id, "running", [{ ...DOWNLOADED }]);
    const [held] = this.#attended.splice(-1);
    let isOver = false;
    this.#attended.push({
      tell: () => {},
      [Symbol.dispose]: () => isOver || held[Symbol.dispose](),
    });
    return {
      run,
      goOn,
      // What a killed process leaves: its lock is free, its last words stay.
      end: () => {
        isOver = true;
        const words = Deno.readTextFileSync(`${folder}/live.json`);
        held[Symbol.dispose]();
        Deno.writeTextFileSync(`${folder}/live.json`, words);
      },
    };
  }

  async failed(message: string): Promise<RunRecord> {
    const { id } = await this.store.runs.begin();
    return await this.record(id, "failed", [
      stepOf("download_data", {
        status: "failed",
        error: { message, logTail: [] },
      }),
      stepOf("build_datasets", { status: "skipped", reason: "it needs download_data" }),
    ]);
  }

  async record(id: string, status: RunRecord["status"], steps: StepRecord[]): Promise<RunRecord> {
    const record: RunRecord = {
      id,
      pipeline: "graft",
      status,
      started: new Date().toISOString(),
      seconds: 61,
      targets: [],
      graph: GRAPH,
      parameters: {},
      steps,
    };
    await this.store.runs.write(record);
    return record;
  }

  async publish(step: string, run: string, write: (folder: string) => Promise<void>) {
    const draft = await this.store.draft(step);
    await write(draft);
    const tree = await this.store.seal(draft);
    const key = digestOf([step, run]);
    const fingerprint = {
      schema: 2,
      step,
      parameters: {},
      files: {},
      packages: {},
      inputs: {},
      externals: {},
      environment: {},
      outputs: [],
      notInDigest: [],
      denoArguments: [],
    };
    const { path } = await this.store.publish(draft, {
      step,
      key,
      fingerprint: fingerprint as unknown as Manifest["fingerprint"],
      texts: {},
      tree,
      content: digestOfTree(tree),
      digest: digestOfTree(tree),
      made: { run, at: new Date().toISOString(), seconds: 1, deno: "2", platform: "x" },
    });
    return { key, artifact: path };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const attended of this.#attended) attended[Symbol.dispose]();
    await this.store.settle();
    await Deno.remove(this.path, { recursive: true });
  }
}

const stepOf = (step: string, more: Partial<StepRecord>): StepRecord => ({
  step,
  status: "ran",
  reason: "it never ran",
  seconds: 2,
  ...more,
});

const DOWNLOADED = stepOf("download_data", { result: { kind: "folder", origin: "hens <b>" } });
