import * as v from "valibot";

/** Of a model that diverged much is no number, for which JSON has `null`. */
export const real = v.pipe(v.nullable(v.number()), v.transform((value) => value ?? NaN));
