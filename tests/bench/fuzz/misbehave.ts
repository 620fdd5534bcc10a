/** Answers as the process of readers does, or goes wrong in the way that is asked for. */
import { linesOf } from "../../../bench/fuzz/lines.ts";

const WAYS: Record<string, () => void> = {
  labels: () => console.log('{"verdict":"read","message":""}'),
  blame: () => console.log('{"verdict":"problem","message":"TypeError: x is not a function"}'),
  exit: () => Deno.exit(7),
  hang: () => {
    for (;;);
  },
  swell: () => {
    const all: Uint8Array[] = [];
    for (;;) all.push(new Uint8Array(1 << 20).fill(1));
  },
};

for await (const line of linesOf(Deno.stdin.readable)) WAYS[JSON.parse(line).reader]();
