/** What a tool made of a division: a line of `deno task bench accuracy`; `peers.py` writes the same. */
import * as v from "valibot";

const answers = v.object({
  accuracy: v.number(),
  /** Photo after photo, 1 where it is right. */
  right: v.string(),
});

export const accuracyRun = v.object({
  bench: v.literal("accuracy"),
  tool: v.string(),
  set: v.string(),
  division: v.number(),
  model: v.string(),
  /** What computed. */
  device: v.string(),
  val: v.object({ accuracy: v.number() }),
  test: answers,
  /** Choices included; tells little where other work ran beside. */
  seconds: v.optional(v.number()),
});
export type AccuracyRun = v.InferOutput<typeof accuracyRun>;

/** The runs among lines of JSON; a line that was cut off is none. */
function parseRuns<T>(text: string, schema: v.GenericSchema<unknown, T>): T[] {
  return text.split("\n").flatMap((line) => {
    const run = v.safeParse(schema, parsed(line));
    return run.success ? [run.output] : [];
  });
}

/** The runs in files that may not be there. */
export async function readRuns<T>(
  paths: readonly string[],
  schema: v.GenericSchema<unknown, T>,
): Promise<T[]> {
  const texts = await Promise.all(paths.map((path) =>
    Deno.readTextFile(path).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    })
  ));
  return texts.flatMap((text) => parseRuns(text, schema));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
