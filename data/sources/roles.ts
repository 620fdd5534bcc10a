/** What folders of the parts of a data set are called. */

export const ROLES = ["train", "val", "test"] as const;
export type Role = typeof ROLES[number];

/** As regular expressions. */
export const ROLE_NAMES: Record<Role, string> = {
  train: "train|training",
  val: "val|valid|validation",
  test: "test|testing",
};

/** The part that a name means, such as `val` of "Validation"; undefined where it means none. */
export function exactRole(name: string): Role | undefined {
  return ROLES.find((role) => new RegExp(`^(${ROLE_NAMES[role]})$`, "i").test(name));
}
