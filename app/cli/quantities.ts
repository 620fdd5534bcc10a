/** Amounts as people write them. */
const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const BYTES: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** Seconds of `30d`, `12h`; undefined for what is no duration. */
export function parseDuration(text: string): number | undefined {
  return parse(text, SECONDS);
}

/** Bytes of `10GB`, `500MB`; undefined for what is no size. */
export function parseSize(text: string): number | undefined {
  return parse(text, BYTES);
}

function parse(text: string, units: Record<string, number>): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text.trim()) ?? [];
  const name = Object.keys(units).find((name) => name.toLowerCase() === unit?.toLowerCase());
  return name === undefined ? undefined : Number(amount) * units[name];
}

/** `12.3 MB`, in the unit that leaves few digits. */
export function formatSize(bytes: number): string {
  const unit = Object.keys(BYTES).findLast((name) => BYTES[name] <= bytes) ?? "B";
  const amount = bytes / BYTES[unit];
  return `${amount < 10 && unit !== "B" ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}
