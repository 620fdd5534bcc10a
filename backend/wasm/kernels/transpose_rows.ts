/** Rows and columns of pixels change places, all channels of a pixel at once. A chunk is some blocks. */
import { copy } from "./gather";
import { transposeRowsArguments } from "./generated_arguments";
import { floats } from "./simd";

export function transposeRowsChunk(chunk: i32, _thread: i32): void {
  const args = transposeRowsArguments();
  const rows = args.rows, columns = args.columns, channels = args.channels;
  const pixel = floats(channels), block = <usize>(rows * columns) * pixel;
  const first = chunk * args.blocksPerChunk, last = min(args.blocks, first + args.blocksPerChunk);
  let x = args.x + <usize>first * block, out = args.out + <usize>first * block;
  for (let b = first; b < last; b++) {
    for (let row = 0; row < rows; row++) {
      let to = out + <usize>row * pixel;
      for (let column = 0; column < columns; column++) {
        copy(x, to, channels);
        x += pixel, to += <usize>rows * pixel;
      }
    }
    out += block;
  }
}
