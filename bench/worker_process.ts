/** Programs of this folder that measure, each in a process of its own. */
import { v8FlagArguments } from "../backend/v8_flags.ts";

/** The V8 flags that training has, where they hold. */
export function trainingFlags(): Promise<string[]> {
  return v8FlagArguments(pathOf("../.graft/v8_flags.json"));
}

/** Of a file, from this folder. */
export function pathOf(name: string): string {
  return decodeURIComponent(new URL(name, import.meta.url).pathname);
}

/** `deno` arguments that start a program of this folder. */
export function workerArguments(name: string, flags: string[], args: string[]): string[] {
  return ["run", "-A", ...flags, pathOf(name), ...args];
}

/**
 * Runs a program of this folder to its end.
 * @returns the JSON that it prints
 */
export async function askWorker<T>(name: string, flags: string[], args: string[]): Promise<T> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: workerArguments(name, flags, args),
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`bench/${name} failed; its message is above`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
