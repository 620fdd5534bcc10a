/** A share of one as a percentage that claims no more than it knows: `>99.9%`, never `100.0%` short of 1. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  if (share < 1 && share > 0.9995) return ">99.9%";
  if (share > 0 && share < 0.0005) return "<0.1%";
  return `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : 1)}%`;
}

/** A number as an axis shows it: few digits, powers of ten where zeros would pile up. */
export function short(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    return value.toExponential(1).replace(".0e", "e").replace("+", "");
  }
  return String(Number(value.toPrecision(4)));
}

/** From one share to another, as percentages. Bounds are computed: what rounding kept from 1 is 1. */
export function percentRange([low, high]: readonly [number, number]): string {
  const clean = (share: number) => percent(Number(share.toFixed(9)));
  return `${clean(low)} to ${clean(high)}`;
}
