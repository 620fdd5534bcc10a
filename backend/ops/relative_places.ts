/** Which tokens of windows on a map belong together, in numbers that nobody learned. */

/**
 * Of each pair of a window's tokens the number of their difference of places, query by query: the
 * buffer `relative_position_index` of torchvision/models/swin_transformer.py.
 *
 * @param side of the window, in tokens
 * @returns [side⁴], each below (2·side - 1)²
 */
export function relativePlaces(side: number): Int32Array {
  const tokens = side * side;
  return Int32Array.from({ length: tokens * tokens }, (_, i) => {
    const query = Math.floor(i / tokens), key = i % tokens;
    const down = Math.floor(query / side) - Math.floor(key / side) + side - 1;
    const right = query % side - key % side + side - 1;
    return down * (2 * side - 1) + right;
  });
}

/**
 * What is added to the scores of windows that were moved down and to the right: -100 between tokens from
 * opposite sides of the map, else 0.
 *
 * @returns [windows, side², side²], window by window, query by query
 */
export function windowMask(
  [height, width]: readonly [height: number, width: number],
  side: number,
  [down, right]: readonly [down: number, right: number],
): Float32Array<ArrayBuffer> {
  const columns = width / side, tokens = side * side;
  const regions = Uint8Array.from({ length: height * width }, (_, i) => {
    const window = Math.floor(i / tokens), token = i % tokens;
    const y = Math.floor(window / columns) * side + Math.floor(token / side);
    const x = window % columns * side + token % side;
    return 3 * region(y, height, side, down) + region(x, width, side, right);
  });
  return Float32Array.from({ length: regions.length * tokens }, (_, i) => {
    const query = Math.floor(i / tokens), key = query - query % tokens + i % tokens;
    return regions[query] === regions[key] ? 0 : -100;
  });
}

/** 0 in all windows but the last; in this, 1, and 2 from where the other side's tokens begin. */
function region(at: number, size: number, side: number, shift: number): number {
  if (shift === 0 || at < size - side) return 0;
  return at < size - shift ? 1 : 2;
}
