/** What a schema takes, in words, for whoever gave it something else. */
import type { Flag } from "./flag.ts";

/** As far as valibot's schemas and actions are looked at here. */
interface Item {
  type: string;
  pipe?: Item[];
  wrapped?: Item;
  requirement?: unknown;
  options?: readonly unknown[];
  literal?: unknown;
  message?: unknown;
}

/** "a whole number from 1", "one of auto, webgpu, wasm", or what the schema itself says. */
export function expectation(schema: Flag): string {
  const items = itemsOf(schema as unknown as Item);
  const union = items.find(({ type }) => type === "union");
  if (union) return (union.options as Flag[]).map(expectation).join(", or ");
  const literal = items.find(({ type }) => type === "literal");
  if (literal) return `${literal.literal}`;
  const said = items.find(({ message }) => typeof message === "string");
  if (said) return said.message as string;
  const options = optionsOf(schema);
  if (options) return `one of ${options.join(", ")}`;
  if (!items.some(({ type }) => type === "number")) return "a value";
  const isWhole = items.some(({ type }) => type === "integer" || type === "safe_integer");
  const bounds = BOUNDS.flatMap(([type, word]) => {
    const bound = items.find((item) => item.type === type)?.requirement;
    return bound === undefined || bound === Number.MAX_SAFE_INTEGER ? [] : [`${word} ${bound}`];
  });
  return [isWhole ? "a whole number" : "a number", ...bounds].join(" ");
}

/** The values there are, where a schema takes only some. */
export function optionsOf(schema: Flag): readonly string[] | undefined {
  const { options } = itemsOf(schema as unknown as Item).find(({ type }) => type === "picklist") ??
    {};
  return options?.map(String);
}

const BOUNDS = [
  ["min_value", "from"],
  ["gt_value", "above"],
  ["max_value", "to"],
  ["lt_value", "below"],
];

function itemsOf(item: Item): Item[] {
  if (item.pipe) return item.pipe.flatMap(itemsOf);
  return item.wrapped ? itemsOf(item.wrapped) : [item];
}
