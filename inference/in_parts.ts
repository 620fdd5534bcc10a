/** A batch in parts, where the adapter cannot take all of it at once. */
import { TooLargeTensor } from "../backend/too_large_tensor.ts";

/** Answers batch after batch in parts that fit, once it was found how many photos do. */
export class PartsThatFit {
  #most = Infinity;

  /**
   * @param count photos of a batch, whose answers do not depend on each other
   * @param answer those of photos `from` to `to`, the latter not included
   * @returns an answer for each photo, in their order
   * @throws {TooLargeTensor} where one photo alone does not fit, and whatever else `answer` throws
   */
  async answerAll<T>(
    count: number,
    answer: (from: number, to: number) => Promise<readonly T[]>,
  ): Promise<T[]> {
    const answers: T[] = [];
    while (answers.length < count) {
      // As even as may be: the kernels of a size are compiled for it.
      const size = Math.ceil(count / Math.ceil(count / this.#most));
      const from = answers.length, to = Math.min(from + size, count);
      try {
        answers.push(...await answer(from, to));
      } catch (error) {
        if (!(error instanceof TooLargeTensor)) throw error;
        const fitting = Math.floor((to - from) * error.share);
        if (fitting < 1) throw error;
        this.#most = fitting;
      }
    }
    return answers;
  }
}
