/** PyTorch's format before 1.6: five pickles, then the storages. */
import { EndOfBytes } from "./byte_reader.ts";
import { unpickle } from "./pickle.ts";
import { PickleBudget } from "./pickle_budget.ts";
import { PickleError, Unread } from "./pickle_machine.ts";
import { bytesPerElement, quoted } from "./tensor.ts";
import { LARGEST_PICKLE, swapBytes, type TorchFile } from "./torch_file.ts";
import { type StorageReference, storageReference, torchGlobal } from "./torch_globals.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/**
 * The file is: the magic number, the protocol, facts about the system that wrote it, the object,
 * and the keys of the storages, all pickled; then, a storage a time in the order of the keys, its
 * number of elements as int64 and its elements.
 *
 * Source: torch/serialization.py, `_legacy_save` and `_legacy_load`.
 *
 * @param file stays open while storages are loaded
 * @throws {PickleError} where it is something else, is refused or cut off
 */
export async function openTorchLegacy(file: Deno.FsFile): Promise<TorchFile> {
  const { size } = await file.stat();
  const storages = new Map<string, StorageReference>();
  const world = {
    global: torchGlobal,
    persistent(id: unknown) {
      const storage = storageReference(id);
      if (storage instanceof Unread) {
        throw new PickleError(
          `it has a ${storage.what}, which is not read in files from before torch 1.6: save it again`,
        );
      }
      storages.set(storage.key, storage);
      return storage;
    },
  };

  const { values: [magic, protocol, system, value, keys], end } = await readPickles(file, 5, world);
  if (magic !== MAGIC || protocol !== PROTOCOL) {
    throw new PickleError("it is a pickle, but not one of torch.save");
  }
  const bigEndian = system instanceof Map && system.get("little_endian") === false;

  const offsets = new Map<string, number>();
  let at = end;
  for (const key of Array.isArray(keys) ? keys : []) {
    const storage = storages.get(key);
    if (!storage) throw new PickleError("one of its storages belongs to no tensor");
    offsets.set(key, at + 8);
    at += 8 + storage.elements * bytesPerElement(storage.dtype);
  }
  if (at > size) throw cutOff(size, at);

  return {
    value,
    async load({ key, dtype, elements }) {
      const offset = offsets.get(key);
      if (offset === undefined) throw new PickleError(`its storage ${quoted(key)} is missing`);
      const width = bytesPerElement(dtype);
      const head = await readAt(file, offset - 8, 8);
      if (bigEndian) head.reverse();
      if (new DataView(head.buffer).getBigInt64(0, true) !== BigInt(elements)) {
        throw new PickleError(`its storage ${quoted(key)} has another size than declared`);
      }
      const bytes = await readAt(file, offset, elements * width);
      return bigEndian ? swapBytes(bytes, width) : bytes;
    },
  };
}

/** Runs the pickles at the start of the file, without reading much more of it than they fill. */
async function readPickles(
  file: Deno.FsFile,
  count: number,
  world: Parameters<typeof unpickle>[1],
): Promise<{ values: unknown[]; end: number }> {
  const { size } = await file.stat();
  for (let length = Math.min(size, 1 << 18);; length = Math.min(size, 4 * length)) {
    const bytes = await readAt(file, 0, length);
    const values: unknown[] = [];
    const budget = new PickleBudget(size);
    let end = 0;
    try {
      while (values.length < count) {
        const pickle = unpickle(bytes, world, end, budget);
        values.push(pickle.value);
        end = pickle.end;
      }
      return { values, end };
    } catch (error) {
      if (!(error instanceof EndOfBytes)) throw error;
      if (length === size) throw cutOff(size);
      if (length > LARGEST_PICKLE) throw new PickleError("its pickle is too large for weights");
    }
  }
}

/** Memory of its own for `length` bytes of the file. */
async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const count = await file.read(bytes.subarray(at));
    if (count === null) throw cutOff(offset + at);
    at += count;
  }
  return bytes;
}

function cutOff(size: number, needed?: number): PickleError {
  const of = needed === undefined ? "" : ` of ${needed}`;
  return new PickleError(`it ends after ${size}${of} bytes, cut off: fetch it again`);
}
