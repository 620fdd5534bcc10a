/** Indented, with a final newline: made to be read and compared by people too. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value, null, 2) + "\n");
}

// deno-lint-ignore no-explicit-any -- the caller names the type of a file that a step wrote
export async function readJson<T = any>(path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(path));
}
