/** So many letters tell what a name begins with. */
const TELLING = 4;

/**
 * The candidate within two edits of `word`, that begins with it, or that it begins with, if any. Case
 * and separators do not count: of `MobileNetV3` it is `mobilenet_v3_small`, of
 * `swin_tiny_patch4_window7_224` it is `swin_t`.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = letters(word);
  const longer = candidates.find((candidate) => letters(candidate).startsWith(wanted));
  if (longer && wanted.length >= TELLING) return longer;
  const near = candidates
    .map((candidate) => ({ candidate, edits: editDistance(wanted, letters(candidate)) }))
    .filter(({ edits }) => edits <= 2)
    .sort((a, b) => a.edits - b.edits)[0]?.candidate;
  return near ?? candidates
    .filter((candidate) => {
      const known = letters(candidate);
      return known.length >= TELLING && wanted.startsWith(known);
    })
    .sort((a, b) => letters(b).length - letters(a).length)[0];
}

const letters = (name: string) => name.toLowerCase().replace(/[-_.\s]/g, "");

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, previous[j] + 1, row[j - 1] + 1));
    }
    previous = row;
  }
  return previous[b.length];
}
