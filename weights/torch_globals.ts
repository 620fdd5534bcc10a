/** The few things that a pickle of tensors refers to, and nothing else. */
import { PickleError } from "./pickle_machine.ts";
import { type DType, elementsOf, type HalfDType } from "./tensor.ts";

/** `torch.FloatStorage` and its like: only the element type matters. */
class StorageType {
  constructor(readonly dtype: DType | HalfDType) {}
}

/** Where a tensor's elements lie: a storage of the file, which other tensors may share. */
export class StorageReference {
  constructor(readonly key: string, readonly dtype: DType | HalfDType, readonly elements: number) {}
}

/** A tensor as a view of a storage; offset and strides count elements. */
export class TensorView {
  constructor(
    readonly storage: StorageReference,
    readonly offset: number,
    readonly shape: number[],
    readonly strides: number[],
  ) {}
}

const globals = new Map<string, unknown>([
  ["torch.DoubleStorage", new StorageType("float64")],
  ["torch.FloatStorage", new StorageType("float32")],
  ["torch.HalfStorage", new StorageType("float16")],
  ["torch.BFloat16Storage", new StorageType("bfloat16")],
  ["torch.LongStorage", new StorageType("int64")],
  ["torch.IntStorage", new StorageType("int32")],
  ["torch.ShortStorage", new StorageType("int16")],
  ["torch.CharStorage", new StorageType("int8")],
  ["torch.ByteStorage", new StorageType("uint8")],
  ["torch.BoolStorage", new StorageType("bool")],
  ["torch._utils._rebuild_tensor", rebuildTensor],
  ["torch._utils._rebuild_tensor_v2", rebuildTensor],
  ["torch._utils._rebuild_parameter", rebuildParameter],
  ["torch._utils._rebuild_parameter_with_state", rebuildParameter],
  ["torch.Size", (sizes: unknown = []) => sizes],
  ["collections.OrderedDict", orderedDict],
  ["builtins.set", (items: unknown = []) => new Set(arrayOf(items))],
  ["__builtin__.set", (items: unknown = []) => new Set(arrayOf(items))],
]);

/**
 * The allowed global of that name.
 *
 * @throws {PickleError} for any other, by its name
 */
export function torchGlobal(module: string, name: string): unknown {
  const value = globals.get(`${module}.${name}`);
  if (value !== undefined) return value;
  throw new PickleError(
    `it needs ${module}.${name}, which is refused: a file of weights may hold tensors and ` +
      `containers only. In Python, save just these: torch.save(model.state_dict(), FILE)`,
  );
}

/**
 * The storage that a persistent id names: ("storage", type, key, device, elements), and in legacy
 * files a sixth element for views of storages, which torch has not written since 0.4.
 *
 * Source: torch/serialization.py, `persistent_load`.
 */
export function storageReference(id: unknown): StorageReference {
  const [tag, type, key, _device, elements, view] = arrayOf(id);
  if (tag !== "storage" || !(type instanceof StorageType) || typeof key !== "string") {
    throw new PickleError("it refers to something that is no storage of tensors");
  }
  if (view !== undefined && view !== null) {
    throw new PickleError(
      "it has views of storages, as files from before torch 0.4: save it again",
    );
  }
  return new StorageReference(key, type.dtype, naturalNumber(elements));
}

/** Source: torch/_utils.py; what follows the strides (gradients, hooks) is not needed. */
function rebuildTensor(storage: unknown, offset: unknown, shape: unknown, strides: unknown) {
  if (!(storage instanceof StorageReference)) throw new PickleError("a tensor has no storage");
  const view = new TensorView(
    storage,
    naturalNumber(offset),
    arrayOf(shape).map(naturalNumber),
    arrayOf(strides).map(naturalNumber),
  );
  if (view.shape.length !== view.strides.length) {
    throw new PickleError("a tensor has more sizes than strides, or fewer");
  }
  if (elementsOf(view.shape) > 0) {
    const last = view.shape.reduce((at, size, i) => at + (size - 1) * view.strides[i], view.offset);
    if (last >= storage.elements) throw new PickleError("a tensor reaches beyond its storage");
  }
  return view;
}

function rebuildParameter(tensor: unknown) {
  return tensor;
}

function orderedDict(pairs: unknown = []) {
  return new Map(
    arrayOf(pairs).map((pair) => {
      const [key, value] = arrayOf(pair);
      return [key, value];
    }),
  );
}

function arrayOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new PickleError("the pickle is damaged: a list is expected");
  return value;
}

function naturalNumber(value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new PickleError("the pickle is damaged: a size or an offset is no natural number");
}
