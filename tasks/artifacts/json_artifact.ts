/** JSON files that one step writes and others read: each with one schema, by which both go. */
import * as v from "valibot";

export interface JsonArtifact<T> {
  /** The file's name in the step's folder. */
  name: string;
  /** @throws {Error} naming the file, what is wrong with it and how it is made anew */
  read(folder: string): Promise<T>;
  write(folder: string, value: T): Promise<void>;
}

/** @param madeBy the step that writes it */
export function jsonArtifact<T>(
  name: string,
  madeBy: string,
  schema: v.GenericSchema<unknown, T>,
): JsonArtifact<T> {
  return {
    name,
    async read(folder) {
      const path = `${folder}/${name}`;
      const { issues, output } = v.safeParse(schema, parse(await Deno.readTextFile(path)));
      if (!issues) return output;
      const where = v.getDotPath(issues[0]);
      throw new Error(
        `${path} is not as this version of graft writes it (${where ? `${where}: ` : ""}` +
          `${issues[0].message}): make it anew with \`deno task ${madeBy} --force\``,
      );
    },
    // Indented, with a final newline: made to be read and compared by people too.
    write: (folder, value) =>
      Deno.writeTextFile(`${folder}/${name}`, JSON.stringify(value, null, 2) + "\n"),
  };
}

/** What is no JSON fits no schema. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of a model that diverged much is no number, for which JSON has `null`. */
export const real = v.pipe(v.nullable(v.number()), v.transform((value) => value ?? NaN));

/**
 * A value a class. A class may be called `constructor` or `__proto__`, which `v.record` leaves out.
 */
export function byClass<T>(value: v.GenericSchema<unknown, T>) {
  return v.custom<Record<string, T>>(
    (input) =>
      typeof input === "object" && input !== null && !Array.isArray(input) &&
      Object.values(input).every((each) => v.is(value, each)),
    "it takes an object with a value a class",
  );
}
