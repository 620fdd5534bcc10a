import type { CropRequest } from "../data/crop_photo.ts";
import { encodeCropRequest } from "../data/crop_protocol.ts";
import { PATIENCE_MS } from "../data/crop_processes.ts";
import type { Croppers } from "../data/croppers.ts";
import { ProcessPool, refusalOfFailure } from "../data/process_pool.ts";
import { readPhoto } from "../data/read_photo.ts";
import { predictorOptions } from "./predictor_pool.ts";
import type { PhotoOutput } from "./predictor.ts";
import { type PredictorRequest, readOutputs } from "./predictor_protocol.ts";

/** While one batch is computed, the next one is decoded. */
const AHEAD = 1;

/**
 * Answers photos by pairs of processes: one cuts, which may do nothing else (see `CropProcesses`), and
 * hands the crops to one that computes, which parses nothing.
 */
export class PhotoChains implements Disposable {
  readonly #pool: ProcessPool;
  /** Whether a process ended that computes; what ends one that decodes is the photo. */
  #isBroken = false;

  /**
   * @param croppers give those that cut
   * @param v8Flags further arguments of `deno run`, for those that compute
   */
  constructor(
    request: PredictorRequest,
    pairs: number,
    croppers: Pick<Croppers, "takeBefore">,
    v8Flags: readonly string[],
  ) {
    const options = predictorOptions(request, v8Flags);
    const start = () => {
      const chain = croppers.takeBefore(options);
      chain.broke.then((broke) => this.#isBroken ||= broke);
      return chain;
    };
    this.#pool = new ProcessPool(start, "computes", pairs, AHEAD);
  }

  /**
   * Answers photos together, in their order. Where they break what decodes, or take too long, each is
   * tried by itself, and refused alone.
   * @param patience in ms
   * @throws {ProcessError} where no process can be started, or one ended that computes
   */
  async answer(
    photos: readonly CropRequest[],
    patience = PATIENCE_MS,
  ): Promise<PhotoOutput[]> {
    try {
      return await this.#ask(photos, patience);
    } catch (error) {
      if (this.#isBroken) throw error;
      const refusal = refusalOfFailure(error);
      if (photos.length === 1) return [{ refusal }];
      const each = photos.map((photo) => this.answer([photo], patience));
      return (await Promise.all(each)).flat();
    }
  }

  async #ask(photos: readonly CropRequest[], patience: number): Promise<PhotoOutput[]> {
    let refused: ({ refusal: string } | undefined)[] = [];
    const answers = await this.#pool.run(
      async () => {
        const files = await Promise.all(photos.map(({ photo }) => readPhoto(photo)));
        refused = files.map((file) => "refusal" in file ? file : undefined);
        const read = photos.flatMap((view, i) => {
          const photo = files[i];
          return "refusal" in photo ? [] : [{ ...view, photo }];
        });
        return read.flatMap((photo, i) =>
          encodeCropRequest({ ...photo, following: read.length - 1 - i })
        );
      },
      (output) => refused.every((refusal) => refusal) ? Promise.resolve([]) : readOutputs(output),
      patience,
    );
    return refused.map((refusal) => refusal ?? answers.shift()!);
  }

  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
  }
}
