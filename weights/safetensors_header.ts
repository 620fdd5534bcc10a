/** The JSON header of a safetensors file. */
import {
  bytesPerElement,
  type DType,
  elementsOf,
  type HalfDType,
  type Tensor,
  WeightsError,
} from "./tensor.ts";

export const LARGEST_HEADER = 100_000_000;

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

/** The header as bytes, padded with spaces so that the tensors after it are aligned to 8 bytes. */
export function formatHeader(
  tensors: [name: string, tensor: Tensor][],
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
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw damaged(path, "its header is no JSON");
  }
  const { __metadata__: metadata = {}, ...rest } = header;
  if (!isMetadata(metadata)) throw damaged(path, "its metadata is no map of strings");
  const entries = Object.entries(rest).map(([name, entry]): [string, HeaderEntry] => {
    if (!isHeaderEntry(entry)) throw damaged(path, `its header describes ${name} wrongly`);
    if (!Object.hasOwn(safetensorsTypes, entry.dtype)) {
      const known = Object.keys(safetensorsTypes).join(", ");
      throw new WeightsError(`${path}: ${name} has the type ${entry.dtype}; known are ${known}`);
    }
    return [name, entry];
  }).sort(([, a], [, b]) =>
    a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]
  );
  let offset = 0;
  for (const [name, { dtype, shape, data_offsets: [start, end] }] of entries) {
    if (start !== offset) throw damaged(path, `${name} overlaps another tensor or leaves a gap`);
    if (end - start !== elementsOf(shape) * bytesPerElement(safetensorsTypes[dtype])) {
      throw damaged(path, `${name} has ${end - start} bytes, which is not ${dtype} [${shape}]`);
    }
    offset = end;
  }
  if (offset !== dataBytes) {
    throw damaged(path, `it has ${dataBytes} bytes of tensors, its header says ${offset}`);
  }
  return { entries, metadata };
}

function isHeaderEntry(value: unknown): value is HeaderEntry {
  if (typeof value !== "object" || value === null) return false;
  const { dtype, shape, data_offsets } = value as Partial<Record<string, unknown>>;
  return typeof dtype === "string" && isNaturals(shape) && isNaturals(data_offsets) &&
    data_offsets.length === 2 && data_offsets[0] <= data_offsets[1];
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function isMetadata(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === "string");
}

function nameOf(dtype: DType): string {
  return Object.keys(safetensorsTypes).find((name) => safetensorsTypes[name] === dtype)!;
}

/** The error for a file that is not what it should be. */
export function damaged(path: string, why: string): WeightsError {
  return new WeightsError(`${path} is no whole safetensors file: ${why}. Fetch or write it again`);
}
