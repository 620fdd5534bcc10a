/** Memory of another process, where the system tells it: Linux. In bytes. */

const field = (pid: number, name: string): number | undefined => {
  try {
    const line = new RegExp(`^${name}:\\s+(\\d+) kB`, "m")
      .exec(Deno.readTextFileSync(`/proc/${pid}/status`));
    return line ? Number(line[1]) * 1024 : undefined;
  } catch {
    return undefined;
  }
};

export const residentMemory = (pid: number): number | undefined => field(pid, "VmRSS");

/** The most that it had since it began, or since `resetPeak`. */
export const peakMemory = (pid: number): number | undefined => field(pid, "VmHWM");

export function resetPeak(pid: number): void {
  try {
    Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch { /* Then the peak is that of all cases so far. */ }
}
