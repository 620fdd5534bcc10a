/** JPEGs of one component, written byte by byte (ITU-T T.81, annex B). */
import { numbers } from "./bomb_bytes.ts";
import { join } from "./mutate.ts";

/** Frame, tables and scans of one component without data. */
export function jpeg(
  [width, height]: [number, number],
  frame: 0xc0 | 0xc2,
  scans: number,
): Uint8Array {
  const marker = (code: number, body: Uint8Array) =>
    join(Uint8Array.of(0xff, code), numbers([[2, body.length + 2]], false), body);
  const table = join(Uint8Array.of(0, 1), new Uint8Array(16));
  const progressive = frame === 0xc2;
  const scan = join(
    marker(0xda, Uint8Array.of(1, 1, 0, progressive ? 1 : 0, 63, 0)),
    new Uint8Array(8),
  );
  return join(
    Uint8Array.of(0xff, 0xd8),
    marker(0xdb, join(Uint8Array.of(0), new Uint8Array(64).fill(1))),
    marker(
      frame,
      join(
        ...[Uint8Array.of(8), numbers([[2, height & 0xffff], [2, width & 0xffff]], false)],
        Uint8Array.of(1, 1, 0x11, 0),
      ),
    ),
    ...[marker(0xc4, table), marker(0xc4, join(Uint8Array.of(0x10), table.subarray(1)))],
    ...(progressive ? [marker(0xda, Uint8Array.of(1, 1, 0, 0, 0, 0)), new Uint8Array(8)] : []),
    ...Array.from({ length: scans }, () => scan),
    Uint8Array.of(0xff, 0xd9),
  );
}

export const GREY_JPEG = jpeg([8, 8], 0xc0, 1);
