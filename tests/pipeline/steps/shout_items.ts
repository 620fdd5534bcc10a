/** Shouts each word that it did not shout before; writes all of it, and which it shouted itself. */
import { ItemCache } from "../../../pipeline/process/item_cache.ts";
import { runStep } from "../../../pipeline/process/step.ts";
import { shout } from "./worker/shout.ts";

export interface ShoutParameters {
  words: string[];
  loudness: number;
  /** A word that it cannot bear. */
  throwAt?: string;
}

if (import.meta.main) {
  await runStep<ShoutParameters>(async ({ parameters, itemCaches, output }) => {
    const { words, loudness, throwAt } = parameters;
    const shouted: string[] = [], made: string[] = [];
    {
      await using cache = new ItemCache(itemCaches.shouts, { loudness });
      for (const word of words) {
        if (word === throwAt) throw new Error(`it cannot bear ${word}`);
        const key = cache.keyOf(new TextEncoder().encode(word));
        let value = cache.get(key);
        if (!value) {
          made.push(word);
          value = new TextEncoder().encode(shout(word) + "!".repeat(loudness));
          cache.put(key, value);
        }
        shouted.push(new TextDecoder().decode(value));
      }
    }
    await Deno.writeTextFile(`${output}/text.txt`, shouted.join(" "));
    await Deno.writeTextFile(`${output}/made.json`, JSON.stringify(made));
  });
}
