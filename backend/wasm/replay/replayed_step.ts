/**
 * A step that is recorded and then replayed: the commands of its kernels are kept and put into the
 * queue again, so that nothing of tfjs runs between them.
 *
 * Steps are computed and recorded until two in a row have recorded the same. The one after is computed
 * both ways from the same state, and must come out the same to the last bit; from then on steps are
 * replayed. Before each replay it is looked whether the tensors that the step reads and changes are
 * still those that were recorded; if not, it starts anew.
 */
import * as tf from "@tensorflow/tfjs";
import type { RepeatedStep, StepComputation, StepResult } from "../../repeat.ts";
import { ComputedStep } from "../../repeat.ts";
import type { WasmBackend } from "../backend.ts";
import { KeptValues } from "./kept_values.ts";
import { Recording } from "./recording.ts";

/** Steps that may differ from the one before, as the first ones of an optimizer do. */
const MOST_REHEARSALS = 8;
/** Times that the tensors which a recorded step changes may be replaced by others. */
const MOST_BEGINNINGS = 4;

export class ReplayedStep<State> implements RepeatedStep<State> {
  /** Why steps are computed each time, if they are. */
  computedBecause?: string;
  readonly #backend = tf.backend() as WasmBackend;
  readonly #kept = new KeptValues(this.#backend.heap);
  #recording?: Recording<State>;
  #measures = !this.#backend.panelWidth.isSettled;
  #rehearsals = 0;
  #beginnings = 1;
  /** Whether the recording may be replayed: not yet, once it was checked, or from now on. */
  #stage: "rehearsing" | "checking" | "replaying" = "rehearsing";

  constructor(private readonly compute: StepComputation<State>) {}

  /** Whether the next step will be a replay. */
  get isReplaying(): boolean {
    return this.#stage === "replaying";
  }

  /** Kernels of a recorded step. */
  get kernels(): number {
    return this.#recording?.kernels ?? 0;
  }

  async run(state: State): Promise<StepResult<State>[]> {
    if (this.#stage !== "rehearsing" && !this.#recording!.isCurrent()) this.#startAnew();
    if (this.computedBecause) return await new ComputedStep(this.compute).run(state);
    if (this.#measures) return await this.#measure(state);
    if (this.#stage === "replaying") return [{ state, outputs: this.#recording!.replay(state) }];
    const outputs = this.#stage === "checking" ? this.#check(state) : this.#rehearse(state);
    return [{ state, outputs }];
  }

  /** Which panels are the faster is found out in convolutions that are computed, not replayed. */
  async #measure(state: State): Promise<StepResult<State>[]> {
    const { panelWidth } = this.#backend, before = panelWidth.convolutions;
    const results = await new ComputedStep(this.compute).run(state);
    this.#measures = !panelWidth.isSettled && panelWidth.convolutions > before;
    return results;
  }

  finish(): Promise<StepResult<State>[]> {
    return Promise.resolve([]);
  }

  dispose(): void {
    this.#forget();
    this.#kept.dispose();
  }

  #forget(): void {
    this.#recording?.dispose();
    this.#recording = undefined;
    this.#stage = "rehearsing";
  }

  #rehearse(state: State): Float32Array[] {
    const before = this.#recording;
    const recording = this.#record(state), { outputs } = recording;
    const difference = before && recording.differenceTo(before);
    this.#rehearsals++;
    if (before && !difference && !recording.refusal) this.#stage = "checking";
    else if (this.#rehearsals >= MOST_REHEARSALS) {
      this.computedBecause = recording.refusal ?? difference ?? "its memory is never its own";
      this.dispose();
    }
    return outputs;
  }

  /** Computes the step twice, by a replay and anew; both must come out the same. */
  #check(state: State): Float32Array[] {
    const recorded = this.#recording!;
    const before = recorded.changedValues();
    const outputs = recorded.replay(state).map(bits), replayed = recorded.changedValues();
    recorded.restore(before);
    const computed = this.#record(state);
    const difference = computed.refusal ?? computed.differenceTo(recorded);
    if (difference) this.#startAnew();
    else {
      const differing = countDifferences(outputs, computed.outputs.map(bits)) +
        countDifferences(replayed, computed.changedValues());
      if (differing > 0) {
        throw new Error(
          `a replayed step is not the step that was recorded: ${differing} of ` +
            `${outputs.length + replayed.length} tensors came out otherwise; ` +
            "this is a fault of graft/backend/wasm, please report it",
        );
      }
      this.#stage = "replaying";
    }
    return computed.outputs;
  }

  /** In place of what was recorded before, whose memory it can then use. */
  #record(state: State): Recording<State> {
    this.#recording?.dispose();
    return this.#recording = new Recording(this.#backend, this.#kept, this.compute, state);
  }

  #startAnew(): void {
    if (++this.#beginnings > MOST_BEGINNINGS) {
      this.computedBecause = "the tensors that it changes are replaced between steps";
    }
    this.#forget();
    this.#rehearsals = 0;
  }
}

function bits({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}

function countDifferences(ours: Uint32Array[], theirs: Uint32Array[]): number {
  if (ours.length !== theirs.length) return Math.abs(ours.length - theirs.length);
  return ours.filter((words, i) =>
    words.length !== theirs[i].length || words.some((word, j) => word !== theirs[i][j])
  ).length;
}
