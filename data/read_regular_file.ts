/**
 * A file's bytes. A pipe, a socket or a device is refused before it is opened: reading one may never
 * end.
 *
 * @throws {Error} for what is no regular file
 */
export async function readRegularFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  // At once: asking a thread for it costs more than the answer.
  const info = Deno.statSync(path);
  if (!info.isFile) throw new Error(`it is ${kindOf(info)}, not a file`);
  return await Deno.readFile(path);
}

/** What a path leads to that is no file. */
export function kindOf({ isDirectory, isFifo, isSocket }: Deno.FileInfo): string {
  if (isDirectory) return "a folder";
  return isFifo ? "a named pipe" : isSocket ? "a socket" : "a device";
}
