/** Parameters out of an ONNX file: its initializers, under the names that they have there. */
import { withUnitNorms } from "./folded_norms.ts";
import { FLOAT, FLOAT16, INT32, INT8, ONNX_FIELDS } from "./onnx_fields.ts";
import { packedVarints, protobufFields } from "./protobuf_fields.ts";
import {
  bytesPerElement,
  type DType,
  elementsFrom,
  elementsOf,
  type HalfDType,
  quoted,
  type Tensor,
  WeightsError,
} from "./tensor.ts";

export interface OnnxFile {
  /**
   * The initializers as float32: halves are widened, integers that have scales multiplied by them. Others
   * (shapes, limits of a clip) are none of a model's parameters. Batch norms that were folded add their
   * bias and change nothing else.
   */
  tensors: Map<string, Tensor>;
  metadata: Record<string, string>;
}

/** The types that parameters have. */
const TYPES: Partial<Record<number, DType | HalfDType>> = {
  [FLOAT]: "float32",
  [FLOAT16]: "float16",
  [INT8]: "int8",
  [INT32]: "int32",
};

/** What stands behind a tensor's name in that of its scales, one for each of its first axis. */
const SCALE = ".scale";

/** More than any network has: of tensors, of their axes, of entries beside them. */
const MOST_TENSORS = 100_000, MOST_AXES = 64, MOST_ENTRIES = 10_000;

/**
 * Reads a file whose tensors lie in it, as graft writes it.
 *
 * Permissions: read for the file.
 *
 * @throws {WeightsError} where it is no ONNX file, is damaged, or keeps its tensors elsewhere
 */
export async function readOnnx(path: string): Promise<OnnxFile> {
  const bytes = await Deno.readFile(path);
  try {
    return contentOf(bytes);
  } catch (error) {
    if (error instanceof WeightsError) throw new WeightsError(`${path}: ${error.message}`);
    throw new WeightsError(`${path} is no whole ONNX file (${(error as Error).message})`);
  }
}

function contentOf(bytes: Uint8Array): OnnxFile {
  const { ModelProto, GraphProto } = ONNX_FIELDS;
  const tensors = new Map<string, Tensor>();
  const metadata: [string, string][] = [];
  let initializers = 0;
  for (const { id, value } of protobufFields(bytes)) {
    if (id === ModelProto.metadataProps[0] && metadata.push(entryOf(value)) > MOST_ENTRIES) {
      throw new WeightsError(`it has more than ${MOST_ENTRIES} entries of metadata`);
    }
    if (id !== ModelProto.graph[0]) continue;
    for (const field of protobufFields(bytesOf(value))) {
      if (field.id !== GraphProto.initializer[0]) continue;
      if (++initializers > MOST_TENSORS) {
        throw new WeightsError(`it has more than ${MOST_TENSORS} tensors, which no network has`);
      }
      const [name, tensor] = tensorOf(bytesOf(field.value));
      if (tensor) tensors.set(name, tensor);
    }
  }
  const told = Object.fromEntries(metadata);
  return { tensors: withUnitNorms(inFloats(tensors), told), metadata: told };
}

/** Integers times their scales; without scales they are left out. */
function inFloats(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const scaled = [...tensors].filter(([, { dtype }]) => dtype !== "float32");
  const floats = new Map([...tensors].filter(([, { dtype }]) => dtype === "float32"));
  for (const [name, { shape, data }] of scaled) {
    const scales = floats.get(name + SCALE);
    if (!scales) continue;
    floats.delete(name + SCALE);
    if (scales.data.length !== shape[0]) {
      throw new WeightsError(
        `${quoted(name)} has ${scales.data.length} scales, but ${shape[0]} channels`,
      );
    }
    const size = data.length / shape[0];
    const values = Float32Array.from(
      data as Int8Array | Int32Array,
      (value, i) => value * (scales.data[Math.floor(i / size)] as number),
    );
    floats.set(name, { dtype: "float32", shape, data: values });
  }
  return floats;
}

/** Undefined where it is none of a model's parameters. */
function tensorOf(message: Uint8Array): [name: string, tensor?: Tensor] {
  const { dims, dataType: typeField, name: nameField, rawData: raw } = ONNX_FIELDS.TensorProto;
  const shape: number[] = [];
  let [name, dataType, rawData] = ["", 0, new Uint8Array() as Uint8Array];
  for (const { id, value } of protobufFields(message)) {
    if (id === dims[0]) {
      for (const size of packedVarints(value)) {
        if (shape.push(size) <= MOST_AXES) continue;
        throw new WeightsError(`a tensor has more than ${MOST_AXES} axes`);
      }
    } else if (id === typeField[0]) dataType = Number(value);
    else if (id === nameField[0]) name = textOf(value);
    else if (id === raw[0]) rawData = bytesOf(value);
  }
  const type = TYPES[dataType];
  if (!type || shape.length === 0) return [name];
  if (rawData.length !== bytesPerElement(type) * elementsOf(shape)) {
    throw new WeightsError(
      `${quoted(name)} has ${rawData.length} bytes, which is not ${type} [${shape}]: only files ` +
        "that hold their own raw tensors are read",
    );
  }
  return [name, { shape, ...elementsFrom(rawData.slice(), type) }];
}

function entryOf(message: number | Uint8Array): [key: string, value: string] {
  const { key, value } = ONNX_FIELDS.StringStringEntryProto;
  const texts = new Map([...protobufFields(bytesOf(message))].map(({ id, value }) => [id, value]));
  return [textOf(texts.get(key[0])), textOf(texts.get(value[0]))];
}

function bytesOf(value: number | Uint8Array): Uint8Array {
  if (typeof value === "number") throw new RangeError("a number in place of a message");
  return value;
}

const textOf = (value: number | Uint8Array = new Uint8Array()) =>
  new TextDecoder().decode(bytesOf(value));
