/** Parameters out of an ONNX file: its initializers, under the names that they have there. */
import protobuf from "protobufjs/light.js";
import { FLOAT, type OnnxContent, OnnxModel } from "./onnx_schema.ts";
import { elementsFrom, elementsOf, type Tensor, WeightsError } from "./tensor.ts";

export interface OnnxFile {
  /** The float32 initializers; others (shapes, limits of a clip) are none of a model's parameters. */
  tensors: Map<string, Tensor>;
  metadata: Record<string, string>;
}

/**
 * Reads a file whose tensors lie in it, as graft writes it.
 *
 * Permissions: read for the file.
 *
 * @throws {WeightsError} where it is no ONNX file, is damaged, or keeps its tensors elsewhere
 */
export async function readOnnx(path: string): Promise<OnnxFile> {
  const { graph, metadataProps = [] } = decode(path, await Deno.readFile(path));
  const tensors = new Map<string, Tensor>();
  for (const { name, dims, dataType, rawData } of graph?.initializer ?? []) {
    const shape = dims.map(Number);
    if (dataType !== FLOAT || shape.length === 0) continue;
    if (rawData.length !== 4 * elementsOf(shape)) {
      throw new WeightsError(
        `${path}: ${name} has ${rawData.length} bytes, which is not float32 [${shape}]: only files ` +
          "that hold their own raw tensors are read",
      );
    }
    tensors.set(name, { shape, ...elementsFrom(rawData.slice(), "float32") });
  }
  return {
    tensors,
    metadata: Object.fromEntries(metadataProps.map(({ key, value }) => [key, value])),
  };
}

function decode(path: string, bytes: Uint8Array): OnnxContent {
  try {
    return OnnxModel.decode(protobuf.Reader.create(bytes)) as unknown as OnnxContent;
  } catch (error) {
    throw new WeightsError(`${path} is no whole ONNX file (${(error as Error).message})`);
  }
}
