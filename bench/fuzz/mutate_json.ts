/** JSON that is JSON still, and says something else. */
import { below, pick, type Random } from "./random.ts";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const STRANGE: Json[] = [
  ...[null, true, "", "\0", "../../x", "__proto__", "\ud800", "1e999"],
  ...[0, -1, -0, 0.5, 1e308, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2, [], {}, [[]]],
  ...[{ length: 1e9 }, "x".repeat(100_000), Array.from({ length: 1000 }, () => null)],
];

/** One to three values replaced, removed, doubled or renamed. */
export function mutateJson(bytes: Uint8Array, random: Random): Uint8Array {
  const root: { value: Json } = { value: JSON.parse(new TextDecoder().decode(bytes)) };
  for (let left = 1 + below(random, 3); left > 0; left--) change(root, random);
  return new TextEncoder().encode(JSON.stringify(root.value));
}

function change(root: { value: Json }, random: Random): void {
  // deno-lint-ignore no-explicit-any -- a list or an object, by key
  let parent: any = root, key = "value";
  while (typeof parent[key] === "object" && parent[key] !== null && random() < 0.8) {
    const keys = Object.keys(parent[key]);
    if (keys.length === 0) break;
    parent = parent[key];
    key = pick(random, keys);
  }
  const way = random();
  if (way < 0.6 || parent === root) set(parent, key, pick(random, STRANGE));
  else if (way < 0.75) delete parent[key];
  else if (Array.isArray(parent)) {
    parent.push(structuredClone(parent[below(random, parent.length)]));
  } else set(parent, pick(random, ["__proto__", "constructor", "", `${key} `]), parent[key]);
}

/** Of a name like `__proto__` too. */
function set(parent: object, key: string, value: Json): void {
  const described = { value: structuredClone(value), writable: true, enumerable: true };
  Object.defineProperty(parent, key, { ...described, configurable: true });
}
