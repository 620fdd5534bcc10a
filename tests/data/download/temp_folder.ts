/** A folder that is gone when the test ends. */
export function tempFolder(): Disposable & { path: string } {
  const path = Deno.makeTempDirSync({ prefix: "graft-test-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** Names in a folder, sorted, without lock files. */
export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((e) => e.name).filter((n) => !n.endsWith(".lock"))
    .sort();
}
