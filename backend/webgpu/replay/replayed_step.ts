/**
 * A step that is recorded and then replayed: its pipelines, bind groups and dispatches are kept, so
 * that JavaScript does no more than hand them to the GPU again.
 *
 * The first step is computed and recorded, the second again, until two in a row have recorded the
 * same. The one after is computed both ways from the same state, and must come out the same to the
 * last bit; from then on steps are replayed. Before each replay it is looked whether the tensors that
 * the step reads and changes are still those that were recorded; if not, it starts anew.
 */
import * as tf from "@tensorflow/tfjs";
import {
  ComputedStep,
  type RepeatedStep,
  type StepComputation,
  type StepResult,
} from "../../repeat.ts";
import { watchForOthers } from "../dispatch.ts";
import { watchForLazyTensors } from "../lazy.ts";
import { assertThere, watchForLoss, whileThere } from "../lost_device.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { tilingOf } from "../tiling.ts";
import { tunerOf } from "../tuner.ts";
import { routerOf, StepPool } from "./buffers.ts";
import { flush, Recording } from "./recording.ts";
import { ResultQueue } from "./result_queue.ts";
import { Snapshot } from "./snapshot.ts";

/** Steps that may differ from the one before, as the first ones of an optimizer do. */
const MOST_REHEARSALS = 4;
/** Times that the tensors which a recorded step changes may be replaced by others. */
const MOST_BEGINNINGS = 4;

export class ReplayedStep<State> implements RepeatedStep<State> {
  /** Why steps are computed each time, if they are. */
  computedBecause?: string;
  readonly #backend: TfjsWebGpuBackend;
  #pool: StepPool;
  #recording?: Recording<State>;
  #results?: ResultQueue<State>;
  #rehearsals = 0;
  #beginnings = 1;
  #replays = 0;
  /** Whether the recording may be replayed: not yet, once it was checked, or from now on. */
  #stage: "rehearsing" | "checking" | "replaying" = "rehearsing";

  constructor(private readonly compute: StepComputation<State>) {
    this.#backend = tf.backend() as unknown as TfjsWebGpuBackend;
    watchForLazyTensors(this.#backend);
    watchForOthers(this.#backend);
    this.#pool = this.#addPool();
    watchForLoss(this.#backend);
  }

  /** Whether the next step will be a replay. */
  get isReplaying(): boolean {
    return this.#stage === "replaying";
  }

  /** Dispatches of a recorded step. */
  get dispatches(): number {
    return this.#recording?.commands.length ?? 0;
  }

  async run(state: State): Promise<StepResult<State>[]> {
    assertThere(this.#backend);
    flush(this.#backend); // tfjs lets go of disposed tensors only then
    await this.#measure();
    if (this.#stage !== "rehearsing" && !this.#recording!.isCurrent()) this.#startAnew();
    if (this.computedBecause) return await this.#compute(state);
    if (this.#stage === "replaying") this.#replay(state);
    else if (this.#stage === "checking") await this.#check(state);
    else this.#rehearse(state);
    return await whileThere(this.#backend, () => this.#results!.take());
  }

  async finish(): Promise<StepResult<State>[]> {
    return await whileThere(this.#backend, async () => await this.#results?.finish() ?? []);
  }

  dispose(): void {
    this.#recording?.dispose();
    this.#results?.dispose();
    routerOf(this.#backend).remove(this.#pool);
  }

  /** Without a recording, behind the steps that had one. */
  async #compute(state: State): Promise<StepResult<State>[]> {
    const earlier = await this.finish();
    const results = await whileThere(
      this.#backend,
      () => new ComputedStep(this.compute).run(state),
    );
    return [...earlier, ...results];
  }

  #rehearse(state: State): void {
    const before = this.#recording;
    const recording = new Recording(this.#backend, this.#pool, this.compute, state);
    this.#collect(recording, state);
    const difference = before && recording.differenceTo(before);
    before?.dispose();
    this.#recording = recording;
    this.#rehearsals++;
    if (before && !difference && !recording.refusal) this.#stage = "checking";
    else if (this.#rehearsals >= MOST_REHEARSALS) {
      this.computedBecause ??= recording.refusal ?? difference;
    }
  }

  /** Once it is worth it, which variants of the step's kernels are the fastest; then records anew. */
  async #measure(): Promise<void> {
    if (this.#stage !== "replaying") return;
    if (this.#replays++ !== tilingOf(this.#backend).measuresAfter) return;
    if (await tunerOf(this.#backend).settle() > 0) this.#forget();
  }

  /** Computes the step twice, by a replay and anew; both must come out the same. */
  async #check(state: State): Promise<void> {
    const backend = this.#backend, recording = this.#recording!;
    const tensors = [...recording.externals.values()];
    const before = new Snapshot(backend, tensors, false);
    const encoder = backend.device.createCommandEncoder();
    recording.replay(encoder, state);
    backend.device.queue.submit([encoder.finish()]);
    const replayed = new Snapshot(backend, [...tensors, ...recording.outputs], true);
    before.restore();
    const anew = new Recording(backend, this.#pool, this.compute, state);
    this.#collect(anew, state);
    const computed = new Snapshot(backend, [...tensors, ...anew.outputs], true);
    const difference = anew.refusal ?? anew.differenceTo(recording);
    const differing = await whileThere(this.#backend, () => replayed.differencesTo(computed));
    for (const used of [before, replayed, computed, anew]) used.dispose();
    if (difference) return this.#startAnew();
    if (differing > 0) {
      throw new Error(
        `a replayed step is not the step that was recorded: ${differing} of ` +
          `${tensors.length + recording.outputs.length} tensors came out otherwise; ` +
          "this is a fault of graft/backend/webgpu or of the GPU's driver, please report it",
      );
    }
    this.#stage = "replaying";
  }

  #replay(state: State): void {
    const encoder = this.#backend.device.createCommandEncoder();
    this.#recording!.replay(encoder, state);
    this.#collect(this.#recording!, state, encoder);
  }

  /** Submits, with the outputs on their way back behind the step's commands. */
  #collect(
    recording: Recording<State>,
    state: State,
    encoder = this.#backend.device.createCommandEncoder(),
  ): void {
    const { device } = this.#backend;
    this.#results ??= new ResultQueue(device, recording.outputs.map(({ size }) => size));
    this.#results.collect(encoder, recording.outputs, state);
    device.queue.submit([encoder.finish()]);
    this.#results.submitted();
  }

  #startAnew(): void {
    if (++this.#beginnings > MOST_BEGINNINGS) {
      this.computedBecause = "the tensors that it changes are replaced between steps";
    }
    this.#forget();
  }

  #forget(): void {
    this.#recording?.dispose();
    this.#recording = undefined;
    this.#stage = "rehearsing";
    this.#rehearsals = 0;
    // The old pool's buffers are not destroyed before the commands that use them are done.
    routerOf(this.#backend).remove(this.#pool);
    this.#pool = this.#addPool();
  }

  #addPool(): StepPool {
    const pool = new StepPool(this.#backend.device);
    routerOf(this.#backend).add(pool);
    return pool;
  }
}
