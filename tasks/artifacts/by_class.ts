import * as v from "valibot";

/**
 * A value a class. A class may be called `constructor` or `__proto__`, which `v.record` leaves out.
 */
export function byClass<T>(value: v.GenericSchema<unknown, T>) {
  return v.custom<Record<string, T>>(
    (input) =>
      typeof input === "object" && input !== null && !Array.isArray(input) &&
      Object.values(input).every((each) => v.is(value, each)),
    "it takes an object with a value a class",
  );
}
