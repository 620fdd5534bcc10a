/** Zip files, written as they grow: none of what they hold is in memory at once. */
import { BlobReader, configure, ZipWriter } from "@zip.js/zip.js";

// Its workers come as addresses of data, which a page of ours may not run.
configure({ useWebWorkers: false });

/** @param files read one after the other; photos and weights are packed already, and stay as they are */
export async function writeZip(
  stream: WritableStream<Uint8Array>,
  files: Iterable<readonly [name: string, read: () => Promise<Blob | undefined>]>,
  onFile: (done: number) => void = () => {},
): Promise<void> {
  const zip = new ZipWriter(stream, { level: 0 });
  let done = 0;
  for (const [name, read] of files) {
    const content = await read();
    if (content) await zip.add(name, new BlobReader(content));
    onFile(++done);
  }
  await zip.close();
}
