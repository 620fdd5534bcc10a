/** esbuild works in a process of its own, which is to end when nobody bundles any more. */
import * as esbuild from "esbuild";

let users = 0;

/** Runs what calls esbuild. */
export async function runEsbuild<T>(
  bundle: (build: typeof esbuild.build) => Promise<T>,
): Promise<T> {
  users++;
  try {
    return await bundle(esbuild.build);
  } finally {
    if (--users === 0) await esbuild.stop();
  }
}
