/** Steps that wait, on whichever machine, until the test lets them go: by files. */
import type { StepDeclaration } from "../../pipeline/declaration.ts";
import { schemaOf, STEPS } from "../pipeline/rig.ts";

/** A step of `steps/wait_for_file.ts`. */
export const waitForFile = (
  folder: string,
  name: string,
  more: Partial<StepDeclaration> = {},
): StepDeclaration => ({
  name,
  module: new URL("wait_for_file.ts", STEPS),
  parameters: schemaOf({ folder, name }),
  notInKey: ["folder"],
  inputs: [],
  outputs: ["text.txt"],
  permissions: () => ({ read: [folder], write: [folder] }),
  ...more,
});

/** What each attempt noted as it began: its process, and the checkpoint that it began at. */
export function begunOf(folder: string, name: string): string[] {
  try {
    return Deno.readTextFileSync(`${folder}/${name}.begun`).trim().split("\n");
  } catch {
    return [];
  }
}

export const letGo = (folder: string, name: string) =>
  Deno.writeTextFileSync(`${folder}/${name}.go`, "");

/** @throws {Error} saying what did not come in a minute */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!await isSo()) {
    if (Date.now() > end) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
