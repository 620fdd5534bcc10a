/** Finding a model's parameters in what was saved. */
import { PickleError } from "./pickle_machine.ts";
import { quoted } from "./tensor.ts";
import { TensorView } from "./torch_globals.ts";

/** Under which training loops save them beside their own state, the likeliest first. */
const WRAPPERS = [
  ["state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "weights"],
  // What is left alone where there is something else.
  ["ema", "model_ema", "state_dict_ema", "ema_state_dict"],
] as const;

/** Which DistributedDataParallel and torch.compile put before every name. */
const prefixes = ["module.", "_orig_mod."];

/** How deep and how far a pickle is searched: its containers can hold one another. */
const DEEPEST = 6, MOST_CONTAINERS = 10_000;

/** Names of parameters end so; those of an optimiser's moments do not. */
const PARAMETER = /(^|[._])(weight|bias)$/;

/** As many keys of a file are listed. */
const MOST_NAMES = 8;

interface StateDict {
  /** The keys that lead to it. */
  path: string[];
  views: Map<string, TensorView>;
}

/**
 * The tensors of a state dict by name, in order: unwrapped, without entries that are no tensors,
 * and without a prefix that all names share because the model was wrapped. Of several, it is the
 * one under the likeliest key.
 *
 * @throws {PickleError} where there are none, or several and nothing tells which, with their keys
 */
export function stateDictViews(value: unknown): Map<string, TensorView> {
  const all = stateDicts(value);
  const named = all.filter(({ views }) => views.keys().some((name) => PARAMETER.test(name)));
  const most = Math.max(...named.map(({ views }) => views.size));
  const candidates = (named.length ? named : all)
    .map((found) => ({ ...found, rank: rankOf(found, most) }))
    .sort((a, b) => a.rank - b.rank || b.views.size - a.views.size);
  if (candidates.length === 0) throw new PickleError(nothingIn(value));
  const [best, next] = candidates;
  const isLikeNext = best.rank === next?.rank && 2 * next.views.size > best.views.size;
  if (named.length && best.rank === UNKNOWN && isLikeNext) {
    const keys = listed(candidates.filter(({ rank }) => rank === UNKNOWN).map(keyOf));
    throw new PickleError(
      `it has several state dicts (${keys}), and none is the likeliest. In Python, save one: ` +
        `torch.save(torch.load(FILE)[KEY], NEW)`,
    );
  }
  return withoutPrefixes(best.views);
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

/** Whatever holds tensors under names, the outermost first. */
function stateDicts(value: unknown): StateDict[] {
  const found: StateDict[] = [];
  const seen = new Set<unknown>();
  let level: [path: string[], value: unknown][] = [[[], value]];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    const below: typeof level = [];
    for (const [path, container] of level) {
      if (seen.has(container)) continue;
      seen.add(container);
      const views = new Map<string, TensorView>();
      for (const [key, inner] of entriesOf(container)) {
        if (typeof key === "string" && inner instanceof TensorView) views.set(key, inner);
        else if (isContainer(inner) && below.length < MOST_CONTAINERS) {
          below.push([[...path, nameOf(key)], inner]);
        }
      }
      if (views.size > 0) found.push({ path, views });
    }
    level = below;
  }
  return found;
}

const isContainer = (value: unknown) => value instanceof Map || Array.isArray(value);

/** Of a dict all, of a list those that may hold something. */
function entriesOf(container: unknown): Iterable<[unknown, unknown]> {
  if (container instanceof Map) return container;
  return Array.isArray(container)
    ? container.slice(0, MOST_CONTAINERS).entries().filter(([, inner]) => isContainer(inner))
    : [];
}

/** Between the usual keys and other ones stands what lies outermost, and last what is but a copy. */
const OUTERMOST = WRAPPERS[0].length, UNKNOWN = OUTERMOST + 1;

/** @param most tensors in any of them: the outermost may hold but a few beside the weights */
function rankOf(found: StateDict, most: number): number {
  const key = keyOf(found);
  if (found.path.length === 0) return found.views.size < most ? UNKNOWN : OUTERMOST;
  const usual = WRAPPERS[0].findIndex((wrapper) => wrapper === key);
  if (usual >= 0) return usual;
  return WRAPPERS[1].some((wrapper) => wrapper === key) ? UNKNOWN + 1 : UNKNOWN;
}

const keyOf = ({ path }: StateDict) => path.at(-1) ?? "";

function nothingIn(value: unknown): string {
  const keys = value instanceof Map ? [...value.keys().take(MOST_NAMES)].map(nameOf) : [];
  return `it has no state dict${keys.length ? ` (only ${listed(keys)})` : ""}. ` +
    `In Python, save one: torch.save(model.state_dict(), FILE)`;
}

/** A key as text, which of a list could be longer than memory. */
const nameOf = (key: unknown) =>
  typeof key === "string" || typeof key === "number" ? String(key) : "…";

const listed = (names: string[]) => names.slice(0, MOST_NAMES).map(quoted).join(", ");
