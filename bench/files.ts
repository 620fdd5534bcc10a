/**
 * `deno task bench files`: an artifact of many small files, published and verified, beside copying
 * the same files for good and hashing them with coreutils.
 */
import { parseArgs } from "node:util";
import { findDamageByContent, readTree } from "../pipeline/store/read_tree.ts";
import type { Tree } from "../pipeline/tree.ts";
import { call } from "./dag/chain.ts";

const FOLDERS = 100;
const BYTES = 1024;

export async function benchFiles(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: "string", default: "100000" },
      json: { type: "boolean", default: false },
    },
  });
  const folder = Deno.makeTempDirSync({ prefix: "bench_files_" });
  const show = (bench: string, seconds: number, peer: string, peerSeconds: number) =>
    console.log(
      values.json
        ? JSON.stringify({
          bench,
          files: Number(values.count),
          unit: "s",
          median: seconds,
          min: seconds,
          peer,
          peer_median: peerSeconds,
          peer_min: peerSeconds,
        })
        : `${bench.padEnd(8)} ${values.count} files of 1 kB: ${seconds.toFixed(1)} s; ` +
          `${peer}: ${peerSeconds.toFixed(1)} s`,
    );
  try {
    write(`${folder}/ours`, Number(values.count));
    write(`${folder}/theirs`, Number(values.count));
    let tree: Tree;
    // Both begin with files that the disk does not hold yet.
    const held = await seconds(async () => tree = await readTree(`${folder}/ours`));
    const copied = await seconds(() => call(["cp", "-r", "theirs", "copy"], folder)) +
      await seconds(() => call(["sync", "-f", "copy"], folder));
    show("publish", held, "cp -r and sync", copied);
    const verified = await seconds(async () => {
      const damage = await findDamageByContent(`${folder}/ours`, tree);
      if (damage) throw new Error(damage);
    });
    const hash = "find theirs -type f -print0 | xargs -0 sha256sum";
    const hashed = await seconds(() => call(["sh", "-c", hash], folder));
    show("verify", verified, "sha256sum", hashed);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function write(folder: string, count: number): void {
  for (let i = 0; i < FOLDERS; i++) Deno.mkdirSync(`${folder}/${i}`, { recursive: true });
  for (let i = 0; i < count; i++) {
    const bytes = new Uint8Array(BYTES);
    new DataView(bytes.buffer).setUint32(0, i);
    Deno.writeFileSync(`${folder}/${i % FOLDERS}/${i}.bin`, bytes);
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
