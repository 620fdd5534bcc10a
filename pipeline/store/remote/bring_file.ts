/** Has an object as a file on this machine, in little memory, and only as what it should be. */
import { createHash } from "node:crypto";
import type { FileEntry } from "../../tree.ts";
import type { Objects } from "./objects.ts";
import { BrokenOff, type Requests } from "./requests.ts";

/** It is there, but is not what was published; the message says what is wrong. */
export class WrongObject extends Error {}

/** A transfer that came so far is worth as many attempts again. */
const A_STEP = 1 << 20;

/**
 * Goes on where a transfer broke off.
 *
 * @param path of a file that does not exist
 * @param onBytes told how many came
 * @throws {WrongObject} when it is missing, or is another one
 * @throws {RemoteError} when it cannot be had now
 */
export async function bringFile(
  objects: Objects,
  requests: Requests,
  key: string,
  path: string,
  { size, sha256 }: Pick<FileEntry, "size" | "sha256">,
  onBytes: (bytes: number) => void,
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  let hash = createHash("sha256");
  let have = 0, before = 0;
  const hasMoved = () => {
    const moved = have - before >= A_STEP;
    before = have;
    return moved;
  };
  await requests.persist(async () => {
    if (have === size && size > 0) return;
    const reading = await objects.read(key, have);
    if (!reading) throw new WrongObject(`${key} is missing`);
    const { from, total, pieces } = reading;
    if (total !== undefined && total !== size) {
      for await (const _ of pieces()) break;
      throw new WrongObject(`${key} has ${total} bytes instead of ${size}`);
    }
    if (from !== have) {
      onBytes(-have);
      hash = createHash("sha256");
      have = 0;
      await file.truncate(0);
      await file.seek(0, Deno.SeekMode.Start);
      if (from !== 0) {
        for await (const _ of pieces()) break;
        throw new BrokenOff("it sends another part than was asked for");
      }
    }
    for await (const piece of pieces()) {
      if (have + piece.length > size) throw new WrongObject(`${key} has more than ${size} bytes`);
      for (let sent = 0; sent < piece.length;) sent += await file.write(piece.subarray(sent));
      hash.update(piece);
      have += piece.length;
      onBytes(piece.length);
    }
    if (have < size) throw new BrokenOff(`a transfer ended after ${have} of ${size} bytes`);
  }, hasMoved);
  if (hash.digest("hex") !== sha256) throw new WrongObject(`${key} has other content`);
}
