/** A time limit in words: 45 s, 90 min, 2.5 h. */
export function formatLimit(seconds: number): string {
  const [unit, size] = ([["h", 3600], ["min", 60]] as const)
    .find(([, size]) => seconds >= 2 * size) ?? ["s", 1];
  return `${Number((seconds / size).toFixed(1))} ${unit}`;
}
