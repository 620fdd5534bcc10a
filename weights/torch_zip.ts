/** PyTorch's zip format, which torch.save has written since 1.6. */
import type { ZipArchive } from "../data/download/zip_archive.ts";
import { unpickle } from "./pickle.ts";
import { PickleError } from "./pickle_machine.ts";
import { bytesPerElement } from "./tensor.ts";
import { swapBytes, type TorchFile } from "./torch_file.ts";
import { storageReference, torchGlobal } from "./torch_globals.ts";

/** No description of tensors is as long. */
const LARGEST_PICKLE = 256 << 20;

/**
 * The archive holds ROOT/data.pkl, a storage as ROOT/data/KEY, and ROOT/byteorder (absent in older
 * files, which are little-endian); ROOT is any name.
 *
 * Source: torch/serialization.py, `_save` and `_load`.
 *
 * @param archive stays open while storages are loaded
 * @throws {PickleError} where it holds no pickle, or one that is refused
 * @throws {ZipError} where an entry is damaged
 */
export async function openTorchZip(archive: ZipArchive): Promise<TorchFile> {
  const entries = new Map([...archive.entries].map((entry) => [entry.name, entry]));
  const pickle = [...entries.values()].find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  if (!pickle) throw new PickleError("it is a zip, but not one of torch.save: it has no data.pkl");
  if (pickle.bytes > LARGEST_PICKLE) throw new PickleError("its data.pkl is too large");
  const root = pickle.name.slice(0, -"data.pkl".length);
  const order = entries.get(`${root}byteorder`);
  const bigEndian = order !== undefined &&
    new TextDecoder().decode(await archive.read(order)) === "big";
  const { value } = unpickle(await archive.read(pickle), {
    global: torchGlobal,
    persistent: storageReference,
  });
  return {
    value,
    async load({ key, dtype, elements }) {
      const entry = entries.get(`${root}data/${key}`);
      const size = bytesPerElement(dtype);
      if (entry?.bytes !== elements * size) {
        throw new PickleError(
          `its storage data/${key} is missing or has another size than declared`,
        );
      }
      const bytes = await archive.read(entry);
      return bigEndian ? swapBytes(bytes, size) : bytes;
    },
  };
}
