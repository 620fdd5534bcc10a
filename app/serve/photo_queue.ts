import type { CropResponse } from "../../data/crop_photo.ts";
import type { Output, Predictor } from "../../inference/predictor.ts";
import { BusyError, PhotoError } from "./refusals.ts";
import { type Sender, Stage } from "./stage.ts";

export interface PhotoQueueOptions {
  /** Cuts a photo for the model. */
  cut: (photo: Uint8Array) => Promise<CropResponse>;
  /** Photos cut at a time, two at least: one sender has all but one of them. */
  cutting: number;
  predict: Predictor;
  /** Batches answered at a time. */
  predicting: number;
  /** Photos that are taken in at a time. */
  most?: number;
  /** Milliseconds that a photo may wait for its turn. */
  patience?: number;
}

/** At 60 a second, whoever comes last waits a second. */
const MOST = 64;
/** Photos answered together; more are not faster on a CPU, and come later. */
const TOGETHER = 8;

/** Has left already, and is counted no more. */
class SentAwayError extends BusyError {}

/**
 * Photos on their way through the decoders and the model, each sender's in turn. Where there are
 * too many, the newest of whoever has most there is sent away.
 */
export class PhotoQueue {
  readonly #cutting: Stage<Uint8Array, CropResponse>;
  readonly #predicting: Stage<Uint8Array, Output>;
  readonly #most: number;
  readonly #inside = new Map<string, number>();
  #total = 0;

  constructor({ cut, cutting, predict, predicting, most = MOST, patience }: PhotoQueueOptions) {
    this.#most = most;
    this.#cutting = new Stage({
      slots: cutting,
      // Photos that take their time do not hold up those of others.
      slotsOfSender: Math.max(1, cutting - 1),
      patience,
      work: async ([photo]) => [await cut(photo)],
    });
    this.#predicting = new Stage({
      slots: predicting,
      together: TOGETHER,
      expectsMore: () => this.#cutting.isBusy,
      patience,
      work: predict,
    });
  }

  /**
   * @throws {PhotoError} where the bytes are no photo
   * @throws {BusyError} where too many wait
   */
  async ask(photo: Uint8Array, sender: Sender): Promise<Output> {
    const { address } = sender;
    if (this.#total >= this.#most) this.#makeRoomFor(address);
    this.#count(address, 1);
    let isInside = true;
    try {
      const cut = await this.#cutting.run(photo, sender);
      if (!("crop" in cut)) throw new PhotoError(cut.refusal);
      return await this.#predicting.run(cut.crop, sender);
    } catch (error) {
      isInside = !(error instanceof SentAwayError);
      throw error;
    } finally {
      if (isInside) this.#count(address, -1);
    }
  }

  #makeRoomFor(address: string): void {
    const message = "too many photos are waiting: try again";
    const error = new SentAwayError(message);
    const [greedy, most] = [...this.#inside].reduce((a, b) => b[1] > a[1] ? b : a, ["", 0]);
    const isFair = (this.#inside.get(address) ?? 0) + 1 < most;
    const hasRoom = isFair &&
      (this.#cutting.makeRoom(greedy, error) || this.#predicting.makeRoom(greedy, error));
    if (!hasRoom) throw new BusyError(message);
    this.#count(greedy, -1);
  }

  #count(address: string, by: 1 | -1): void {
    this.#total += by;
    const inside = (this.#inside.get(address) ?? 0) + by;
    if (inside > 0) this.#inside.set(address, inside);
    else this.#inside.delete(address);
  }
}
