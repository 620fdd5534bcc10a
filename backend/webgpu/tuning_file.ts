import * as tf from "@tensorflow/tfjs";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";
import { tunerOf } from "./tuner.ts";

/**
 * Remembers in `folder`, from process to process, which variants of the kernels are the fastest on
 * this adapter: a small JSON file for each adapter's name. Results do not depend on it, and where
 * the folder cannot be read or written the variants are measured again.
 */
export async function keepTuningIn(folder: string): Promise<void> {
  const tuner = tunerOf(tf.backend() as unknown as TfjsWebGpuBackend);
  const file = `${folder}/webgpu-${tuner.adapter.replaceAll(/[^\w.-]+/g, "_")}.json`;
  try {
    tuner.recall(JSON.parse(await Deno.readTextFile(file)));
  } catch {
    // Not there yet, or damaged.
  }
  tuner.keep = async (record) => {
    try {
      await Deno.mkdir(folder, { recursive: true });
      const written = `${file}.${crypto.randomUUID()}`;
      await Deno.writeTextFile(written, JSON.stringify(record));
      await Deno.rename(written, file);
    } catch (error) {
      console.warn(`what was measured on this GPU is not kept: ${(error as Error).message}`);
    }
  };
}
