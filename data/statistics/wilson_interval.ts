/**
 * Wilson's 95% interval of a proportion. Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953.
 * @returns [low, high], within 0…1
 */
export function wilsonInterval(correct: number, total: number): [number, number] {
  if (total === 0) return [0, 1];
  const z = 1.959963984540054;
  const p = correct / total;
  const z2 = (z * z) / total;
  const centre = (p + z2 / 2) / (1 + z2);
  const half = (z / (1 + z2)) * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
