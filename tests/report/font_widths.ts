/**
 * Reads a TrueType font's advance widths: cmap format 4, hmtx.
 * @returns a code point's width in thousandths of the type size
 * https://learn.microsoft.com/en-us/typography/opentype/spec/cmap
 */
export async function openFont(url: string): Promise<(code: number) => number> {
  const bytes = await Deno.readFile(new URL(url));
  const view = new DataView(bytes.buffer);
  const u16 = (at: number) => view.getUint16(at);
  const tables = new Map<string, number>();
  for (let i = 0; i < u16(4); i++) {
    const at = 12 + 16 * i;
    tables.set(String.fromCharCode(...bytes.subarray(at, at + 4)), view.getUint32(at + 8));
  }
  const [head, hhea, hmtx, cmap] = ["head", "hhea", "hmtx", "cmap"].map((tag) => tables.get(tag)!);
  const subtables = Array.from(
    { length: u16(cmap + 2) },
    (_, i) => cmap + view.getUint32(cmap + 8 + 8 * i),
  );
  const map = subtables.find((at) => u16(at) === 4)!;
  const doubled = u16(map + 6);

  function glyphOf(code: number): number {
    for (let at = map + 14; at < map + 14 + doubled; at += 2) {
      if (code > u16(at)) continue;
      const start = u16(at + 2 + doubled);
      if (code < start) return 0;
      const delta = u16(at + 2 + 2 * doubled);
      const offsetAt = at + 2 + 3 * doubled;
      if (u16(offsetAt) === 0) return (code + delta) & 0xffff;
      return u16(offsetAt + u16(offsetAt) + 2 * (code - start));
    }
    return 0;
  }

  return (code) => {
    const glyph = glyphOf(code);
    if (glyph === 0) throw new Error(`no glyph for U+${code.toString(16)}`);
    const last = u16(hhea + 34) - 1;
    return u16(hmtx + 4 * Math.min(glyph, last)) * 1000 / u16(head + 18);
  };
}
