/** The few things that a pickle of tensors refers to, and nothing else. */
import { PickleError, Unread } from "./pickle_machine.ts";
import { type DType, elementsOf, type HalfDType, quoted } from "./tensor.ts";

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

/** As many as torch's own kernels can have. */
const MOST_AXES = 64;

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
  ["torch.nn.parameter.Parameter", rebuildParameter],
  ["torch._tensor._rebuild_from_type_v2", rebuildFromType],
  ["torch.Size", (sizes: unknown = []) => sizes],
  ["collections.OrderedDict", orderedDict],
  ["collections.Counter", (counts: unknown = new Map()) => counts],
  ["collections.defaultdict", (_factory: unknown, pairs?: unknown) => orderedDict(pairs)],
  ["_codecs.encode", (text: unknown) => text], // bytes, in protocol 2
]);
for (const module of ["builtins", "__builtin__"]) {
  for (const set of ["set", "frozenset"]) {
    globals.set(`${module}.${set}`, (items: unknown = []) => new Set(arrayOf(items)));
  }
  for (const type of ["complex", "bytearray", "list", "dict", "tuple", "int", "float", "str"]) {
    globals.set(`${module}.${type}`, unread(type));
  }
}

/**
 * What stands beside weights and is harmless: most of it torch's own safe loader opens; a scalar of
 * NumPy and the options of a training script are in many files besides.
 *
 * Source: torch/_weights_only_unpickler.py, `_get_allowed_globals`.
 */
const BESIDE = new RegExp(
  "^(" + [
    "torch\\.(device|Tensor|strided|channels_last|contiguous_format|preserve_format)",
    "torch\\.(bool|b?float\\d+\\w*|u?int\\d+|bits\\w+|complex\\d+|q(u?int|int)\\w+)",
    "torch\\.(per_tensor|per_channel)_\\w+",
    "torch\\.serialization\\._get_layout",
    "torch\\._utils\\._rebuild_(tensor_v3|qtensor|sparse_tensor|meta_tensor_no_storage|nested_tensor)",
    "torch\\.(Complex(Float|Double)|Q(U?Int|Int)\\w+)Storage",
    "torch\\.storage\\.UntypedStorage",
    "numpy\\.(dtype|ndarray)|numpy\\.(_core|core)\\.multiarray\\.(scalar|_reconstruct)",
    "argparse\\.Namespace",
  ].join("|") + ")$",
);

/** A value that is passed over, also where the pickle calls it. */
function unread(what: string): unknown {
  return Object.assign(() => new Unread(what), { what });
}

/**
 * The allowed global of that name.
 *
 * @throws {PickleError} for any other, by its name
 */
export function torchGlobal(module: string, name: string): unknown {
  const path = `${module}.${name}`;
  const value = globals.get(path);
  if (value !== undefined) return value;
  if (BESIDE.test(path)) return unread(path);
  throw new PickleError(
    `it needs ${quoted(path)}, which is refused: a file of weights may hold tensors and ` +
      `containers only. In Python, save just these: torch.save(model.state_dict(), FILE)`,
  );
}

/**
 * The storage that a persistent id names: ("storage", type, key, device, elements), and in legacy
 * files a sixth element for views of storages, which torch has not written since 0.4. Those of
 * element types that no weights have are passed over.
 *
 * Source: torch/serialization.py, `persistent_load`.
 */
export function storageReference(id: unknown): StorageReference | Unread {
  const [tag, type, key, _device, elements, view] = arrayOf(id);
  if (tag === "storage" && typeof type === "function" && "what" in type) {
    return new Unread(String(type.what));
  }
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
  if (storage instanceof Unread) return storage;
  if (!(storage instanceof StorageReference)) throw new PickleError("a tensor has no storage");
  if (arrayOf(shape).length > MOST_AXES || arrayOf(strides).length > MOST_AXES) {
    throw new PickleError(`a tensor has more than ${MOST_AXES} axes`);
  }
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

/** Source: torch/_tensor.py; a subclass or attributes of a tensor are not needed. */
function rebuildFromType(rebuild: unknown, _type: unknown, args: unknown) {
  if (rebuild !== rebuildTensor && rebuild !== rebuildParameter) return new Unread("a tensor");
  return (rebuild as (...args: unknown[]) => unknown)(...arrayOf(args).slice(0, MOST_AXES));
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
