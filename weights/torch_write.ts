/** Writing a state dict as `torch.save` does. */
import { configure, Uint8ArrayReader, ZipWriter } from "@zip.js/zip.js";
import { nameUnwritten } from "../data/unwritable.ts";
import { PickleWriter } from "./pickle_writer.ts";
import { contiguousStrides } from "./strided.ts";
import { type DType, elementsOf, type Tensor, WeightsError } from "./tensor.ts";

/** torch maps storages into memory where they begin at such an offset (`c10` of PyTorch ≥ 2.0). */
const ALIGNMENT = 64;
/** A local header of zip: its fixed part, and an extra field's own header. */
const ZIP_HEADER = 30, EXTRA_HEADER = 4;
/** Ours, for padding: zip's APPNOTE leaves identifiers above 0x8000 to applications; torch uses "FB". */
const PADDING_FIELD = 0x4246;
/** How torch calls what holds numbers of a kind. */
const STORAGES: Partial<Record<DType, string>> = { float32: "FloatStorage", int64: "LongStorage" };
/** Everything is dated alike, so that equal tensors give equal bytes. */
const EPOCH = new Date(Date.UTC(1980, 0, 1, 12));

/**
 * Writes float32 and int64 tensors as an OrderedDict that `torch.load(path, weights_only=True)` reads; `path`
 * appears only when it is whole. Equal tensors in equal order give equal bytes.
 *
 * Permissions: read and write in the folder.
 *
 * @param records further files in the archive by name, which torch passes over
 * @throws {WeightsError} where a tensor is neither, or has fewer elements than its shape says
 */
export async function writeStateDict(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  records: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const [name, { dtype, shape, data }] of tensors) {
    if (!STORAGES[dtype]) {
      throw new WeightsError(`${name} is ${dtype}: only float32 and int64 are written`);
    }
    if (data.length !== elementsOf(shape)) {
      throw new WeightsError(`${name} has ${data.length} elements, which is not [${shape}]`);
    }
  }
  configure({ useWebWorkers: false });
  const part = `${path}.part`;
  try {
    using file = await Deno.open(part, { write: true, create: true, truncate: true });
    const archive = new StoredArchive(file);
    await archive.add("data.pkl", await pickleOf(tensors));
    await archive.add("byteorder", utf8("little"));
    let key = 0;
    for (const { data } of tensors.values()) {
      await archive.add(
        `data/${key++}`,
        new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
      );
    }
    await archive.add("version", utf8("3\n"));
    for (const [name, text] of Object.entries(records)) await archive.add(name, utf8(text));
    await archive.close();
    await file.sync();
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw nameUnwritten(error, path);
  }
  await Deno.rename(part, path);
}

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Source: torch/_tensor.py, `_reduce_ex_internal`; torch/serialization.py, `persistent_id`. */
async function pickleOf(tensors: ReadonlyMap<string, Tensor>): Promise<Uint8Array<ArrayBuffer>> {
  const pickle = new PickleWriter();
  const ordered = () => pickle.global("collections", "OrderedDict").mark().tuple().call();
  ordered().mark();
  let key = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    pickle.text(name).global("torch._utils", "_rebuild_tensor_v2").mark();
    pickle.mark().text("storage").global("torch", STORAGES[dtype]!).text(String(key++)).text("cpu")
      .integer(data.length).tuple().persistent();
    pickle.integer(0);
    for (const sizes of [shape, contiguousStrides(shape)]) {
      pickle.mark();
      sizes.forEach((size) => pickle.integer(size));
      pickle.tuple();
    }
    pickle.boolean(false);
    ordered(); // of hooks: there are none
    pickle.tuple().call();
  }
  return await pickle.setItems().finish();
}

/** A zip without compression whose entries begin at multiples of `ALIGNMENT`. */
class StoredArchive {
  readonly #zip: ZipWriter<unknown>;
  #offset = 0;

  constructor(file: Deno.FsFile) {
    const writable = new WritableStream<Uint8Array>({
      write: async (bytes) => {
        this.#offset += bytes.length;
        for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      },
    });
    this.#zip = new ZipWriter(writable, {
      level: 0,
      extendedTimestamp: false,
      dataDescriptor: false,
      useUnicodeFileNames: false,
      lastModDate: EPOCH,
    });
  }

  /** @param name below the archive's one folder */
  async add(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const path = `model/${name}`;
    const start = this.#offset + ZIP_HEADER + path.length + EXTRA_HEADER;
    const padding = new Uint8Array(-start & (ALIGNMENT - 1));
    await this.#zip.add(path, new Uint8ArrayReader(bytes), {
      extraField: new Map([[PADDING_FIELD, padding]]),
    });
  }

  async close(): Promise<void> {
    await this.#zip.close();
  }
}
