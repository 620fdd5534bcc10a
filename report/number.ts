/** A number as an axis shows it: few digits, powers of ten where zeros would pile up. */
export function short(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    return value.toExponential(1).replace(".0e", "e").replace("+", "");
  }
  return String(Number(value.toPrecision(4)));
}
