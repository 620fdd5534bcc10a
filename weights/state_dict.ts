/** Finding a model's parameters in what was saved. */
import { PickleError } from "./pickle_machine.ts";
import { TensorView } from "./torch_globals.ts";

/** Under which a training loop saves them beside its own state. */
const wrappers = ["state_dict", "model_state_dict", "model"];

/** Which DistributedDataParallel and torch.compile put before every name. */
const prefixes = ["module.", "_orig_mod."];

/**
 * The tensors of a state dict by name, in order: unwrapped, without entries that are no tensors,
 * and without a prefix that all names share because the model was wrapped.
 *
 * @throws {PickleError} where there are none, with the keys that are there
 */
export function stateDictViews(value: unknown): Map<string, TensorView> {
  let dict = value;
  while (dict instanceof Map && !hasTensors(dict)) {
    const inner = wrappers.map((key) => (dict as Map<unknown, unknown>).get(key));
    const next = inner.find((value) => value instanceof Map);
    if (!next) break;
    dict = next;
  }
  if (!(dict instanceof Map) || !hasTensors(dict)) {
    const keys = dict instanceof Map ? [...dict.keys()].slice(0, 8).map(String).join(", ") : "";
    throw new PickleError(
      `it has no state dict${keys && ` (only ${keys})`}. ` +
        `In Python, save one: torch.save(model.state_dict(), FILE)`,
    );
  }
  const views = [...dict].filter((entry): entry is [string, TensorView] =>
    typeof entry[0] === "string" && entry[1] instanceof TensorView
  );
  return withoutPrefixes(new Map(views));
}

/** Drops `module.` and `_orig_mod.` where all names have it. */
export function withoutPrefixes<T>(tensors: Map<string, T>): Map<string, T> {
  for (const prefix of prefixes) {
    if (tensors.size === 0 || ![...tensors.keys()].every((name) => name.startsWith(prefix))) {
      continue;
    }
    return withoutPrefixes(
      new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor])),
    );
  }
  return tensors;
}

function hasTensors(dict: Map<unknown, unknown>): boolean {
  return dict.values().some((value) => value instanceof TensorView);
}
