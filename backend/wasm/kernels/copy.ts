/** Brings what JavaScript staged to where it belongs, behind the kernels before. One chunk. */
import { copyArguments } from "./generated_arguments";

export function copyChunk(_chunk: i32, _thread: i32): void {
  const args = copyArguments();
  memory.copy(args.to, args.from, args.bytes);
}
