/** The JSON header of a safetensors file, and what follows it. */
import {
  bytesPerElement,
  type DType,
  elementsOf,
  type HalfDType,
  type HalfTensor,
  quoted,
  type Tensor,
  WeightsError,
} from "./tensor.ts";

/**
 * Of 400,000 tensors, or of metadata as long, such as features of 2,000 photos; the format itself
 * allows three times as much.
 */
export const LARGEST_HEADER = 32 << 20;

/** A tensor needs 9 brackets and commas, in 3 levels. */
const MOST_PARTS = 1 << 20, DEEPEST = 4, MOST_AXES = 64;

/** safetensors' names of the types that are read. */
export const safetensorsTypes: Record<string, DType | HalfDType> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
};

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/**
 * The bytes of a safetensors file, in parts that are written one after the other. The same tensors give
 * the same bytes, whatever their order: they are sorted as the safetensors library does it, wide types
 * first (which aligns them), then by name.
 *
 * @throws {WeightsError} where a tensor's data does not have as many elements as its shape says
 */
export function safetensorsParts(
  tensors: ReadonlyMap<string, Tensor | HalfTensor>,
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer>[] {
  const sorted = [...tensors].sort(([nameA, a], [nameB, b]) =>
    bytesPerElement(b.dtype) - bytesPerElement(a.dtype) || (nameA < nameB ? -1 : 1)
  );
  for (const [name, { shape, data }] of sorted) {
    if (data.length !== elementsOf(shape)) {
      throw new WeightsError(`${name} has ${data.length} elements, which is not [${shape}]`);
    }
  }
  const header = formatHeader(sorted, metadata);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return [
    length,
    new Uint8Array(header),
    ...sorted.map(([, { data }]) =>
      new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
    ),
  ];
}

/** The header as bytes, padded with spaces so that the tensors after it are aligned to 8 bytes. */
function formatHeader(
  tensors: [name: string, tensor: Tensor | HalfTensor][],
  metadata: Record<string, string>,
): Uint8Array {
  let offset = 0;
  const entries = tensors.map(([name, { dtype, shape, data }]): [string, HeaderEntry] => {
    const start = offset;
    offset += data.byteLength;
    return [name, { dtype: nameOf(dtype), shape, data_offsets: [start, offset] }];
  });
  const meta = Object.keys(metadata).length ? [["__metadata__", metadata] as const] : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...meta, ...entries])));
  const padded = new Uint8Array(json.length + (-json.length & 7)).fill(0x20);
  padded.set(json);
  return padded;
}

/** The tensors by offset, and the metadata; checked so that reading them in turn is right. */
export function parseHeader(path: string, bytes: Uint8Array, dataBytes: number) {
  assertModest(path, bytes);
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw damaged(path, "its header is no JSON");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw damaged(path, "its header is no object");
  }
  const { __metadata__: metadata = {}, ...rest } = header;
  if (!isMetadata(metadata)) throw damaged(path, "its metadata is no map of strings");
  const entries = Object.entries(rest).map(([name, entry]): [string, HeaderEntry] => {
    if (!isHeaderEntry(entry)) throw damaged(path, `its header describes ${quoted(name)} wrongly`);
    if (!Object.hasOwn(safetensorsTypes, entry.dtype)) {
      const known = Object.keys(safetensorsTypes).join(", ");
      throw new WeightsError(
        `${path}: ${quoted(name)} has the type ${quoted(entry.dtype)}; known are ${known}`,
      );
    }
    return [name, entry];
  }).sort(([, a], [, b]) =>
    a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]
  );
  let offset = 0;
  for (const [name, { dtype, shape, data_offsets: [start, end] }] of entries) {
    if (start !== offset) {
      throw damaged(path, `${quoted(name)} overlaps another tensor or leaves a gap`);
    }
    if (end - start !== elementsOf(shape) * bytesPerElement(safetensorsTypes[dtype])) {
      throw damaged(
        path,
        `${quoted(name)} has ${end - start} bytes, which is not ${dtype} [${shape}]`,
      );
    }
    offset = end;
  }
  if (offset !== dataBytes) {
    throw damaged(path, `it has ${dataBytes} bytes of tensors, its header says ${offset}`);
  }
  return { entries, metadata };
}

/** Before it is parsed: of a few bytes, JSON makes objects that fill the memory. */
function assertModest(path: string, bytes: Uint8Array) {
  let [parts, depth, inText] = [0, 0, false];
  for (let at = 0; at < bytes.length; at++) {
    const character = bytes[at];
    if (inText) {
      if (character === 0x5c) at++; // what a backslash escapes, a quotation mark for instance
      else if (character === 0x22) inText = false;
      continue;
    }
    switch (character) {
      case 0x22: // "
        inText = true;
        break;
      case 0x5b: // [
      case 0x7b: // {
        parts++;
        if (++depth > DEEPEST) throw damaged(path, "its header has lists in lists in lists");
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
        if (++parts > MOST_PARTS) {
          throw damaged(path, "its header has more parts than tensors need");
        }
    }
  }
}

function isHeaderEntry(value: unknown): value is HeaderEntry {
  if (typeof value !== "object" || value === null) return false;
  const { dtype, shape, data_offsets } = value as Partial<Record<string, unknown>>;
  return typeof dtype === "string" && isNaturals(shape) &&
    shape.length <= MOST_AXES && isNaturals(data_offsets) &&
    data_offsets.length === 2 && data_offsets[0] <= data_offsets[1];
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function isMetadata(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === "string");
}

function nameOf(dtype: DType | HalfDType): string {
  return Object.keys(safetensorsTypes).find((name) => safetensorsTypes[name] === dtype)!;
}

/** The error for a file that is not what it should be. */
export function damaged(path: string, why: string): WeightsError {
  return new WeightsError(`${path} is no whole safetensors file: ${why}. Fetch or write it again`);
}
