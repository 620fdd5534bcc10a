import type { Json } from "../digest.ts";

/** `{recipe: {lr: 0.1}}` becomes `{"recipe.lr": 0.1}`; arrays stay whole. */
export function flatten(value: Json, name = ""): Record<string, Json> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return { [name]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, field]) => flatten(field, name ? `${name}.${key}` : key)),
  );
}
