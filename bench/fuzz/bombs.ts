/** Small files that ask for much: each is read or refused in the time and memory of a photo. */
import type { Kind } from "./kind.ts";
import { BOMBS } from "./bomb_files.ts";
import { Reading } from "./reading.ts";

/**
 * An idle machine takes 2 s at most; a busy one a few times as long. The largest photo that is
 * allowed has 256 MiB of pixels, which a decoder holds more than once.
 */
const LIMITS = { seconds: 12, memory: 1536 * 2 ** 20 };

export const bombs: Kind = {
  name: "bombs",
  share: 3,
  prepare() {
    const reading = new Reading(LIMITS);
    const names = Object.keys(BOMBS);
    return Promise.resolve({
      run(random, number) {
        // In turn, so that a short campaign has one of each.
        const name = names[number % names.length];
        const { reader, bytes } = BOMBS[name](random);
        return reading.read(reader, bytes, `${name}, ${bytes.length} bytes`);
      },
      [Symbol.asyncDispose]: () => reading[Symbol.asyncDispose](),
    });
  },
};
