/** PyTorch's zip format, which torch.save has written since 1.6. */
import type { ZipArchive, ZipEntry } from "../data/download/zip_archive.ts";
import { unpickle } from "./pickle.ts";
import { PickleBudget } from "./pickle_budget.ts";
import { PickleError } from "./pickle_machine.ts";
import { bytesPerElement, quoted } from "./tensor.ts";
import { LARGEST_PICKLE, swapBytes, type TorchFile } from "./torch_file.ts";
import { storageReference, torchGlobal } from "./torch_globals.ts";

/** torch deflates nothing. Who packed a file again got a tenth of its pickle, hardly less. */
const LEAST_PICKLE = 1 << 20, LARGEST_RATIO = 32;

/**
 * The archive holds ROOT/data.pkl, a storage as ROOT/data/KEY, and ROOT/byteorder (absent in older
 * files, which are little-endian); ROOT is any name.
 *
 * Source: torch/serialization.py, `_save` and `_load`.
 *
 * @param archive stays open while storages are loaded
 * @param fileBytes of the whole archive: what may be made of it is in proportion
 * @throws {PickleError} where it holds no pickle, or one that is refused
 * @throws {ZipError} where an entry is damaged
 */
export async function openTorchZip(archive: ZipArchive, fileBytes: number): Promise<TorchFile> {
  const entries = new Map([...archive.entries].map((entry) => [entry.name, entry]));
  const pickle = [...entries.values()].find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const other = otherProgram(entries.values());
  if (other) throw new PickleError(other);
  if (!pickle) throw new PickleError("it is a zip, but not one of torch.save: it has no data.pkl");
  if (pickle.bytes > Math.min(LARGEST_PICKLE, LEAST_PICKLE + LARGEST_RATIO * fileBytes)) {
    throw new PickleError("its data.pkl is too large for weights, or inflates to too much");
  }
  const root = pickle.name.slice(0, -"data.pkl".length);
  const order = entries.get(`${root}byteorder`);
  const bigEndian = order?.bytes === "big".length &&
    new TextDecoder().decode(await archive.read(order)) === "big";
  const world = { global: torchGlobal, persistent: storageReference };
  const { value } = unpickle(await archive.read(pickle), world, 0, new PickleBudget(fileBytes));
  return {
    value,
    async load({ key, dtype, elements }) {
      const entry = entries.get(`${root}data/${key}`);
      const size = bytesPerElement(dtype);
      if (entry?.bytes !== elements * size) {
        throw new PickleError(
          `its storage data/${quoted(key)} is missing or has another size than declared`,
        );
      }
      const bytes = await archive.read(entry);
      return bigEndian ? swapBytes(bytes, size) : bytes;
    },
  };
}

/** What to say of the zips that torch writes for programs, which hold no plain state dict. */
function otherProgram(entries: Iterable<ZipEntry>): string | undefined {
  const names = [...entries].map(({ name }) => name.slice(name.indexOf("/") + 1));
  if (names.includes("archive_format") || names.includes("serialized_exported_program.json")) {
    return "it is an exported program (torch.export, .pt2), not a file of weights. In Python, save " +
      "its weights: torch.save(dict(torch.export.load(FILE).state_dict), NEW)";
  }
  if (names.includes("constants.pkl") || names.some((name) => name.startsWith("code/"))) {
    return "it is a TorchScript archive (torch.jit.save), not a file of weights. In Python, save " +
      "its weights: torch.save(torch.jit.load(FILE).state_dict(), NEW)";
  }
}
