/** The packages: their names, and what is in those for npm. */
import project from "../../deno.json" with { type: "json" };

/** The names, which stand here alone; the last is JSR's, where every name has a scope. */
export const NAMES = {
  wasm: "@graft/tfjs-wasm",
  webgpu: "@graft/tfjs-webgpu",
  graft: "graft",
  jsr: "@graft/graft",
};

export interface Package {
  name: string;
  description: string;
  /** The public module. */
  entry: string;
  /** Whether it starts threads, whose script lies beside it. */
  threads?: boolean;
  /** Modules of ours that another package has, and its name. */
  from?: Record<string, string>;
  /** Files beside the scripts, and what they are in the project or in a package of its imports. */
  files?: Record<string, string>;
  dependencies?: Record<string, string>;
  peerDependencies: Record<string, string>;
  /** Whether it has graft's command, and with it the whole program. */
  command?: boolean;
  /** Whether Node and old browsers need what they lack of today's JavaScript. */
  polyfills?: boolean;
}

/** The Deno that the command is tried with, and fetches where there is none. */
export const DENO = "2.9.6";

/** What of the project the command needs: folders and files. */
export const PROGRAM = [
  "app",
  "backend",
  "bench/certify",
  "data",
  "deno.lock",
  "docs/licences.md",
  "export",
  "inference",
  "LICENSE",
  "mod.ts",
  "models",
  "pipeline",
  "report",
  "tasks",
  "training",
  "weights",
];

/** tfjs is the user's own. What is used of its WebGPU backend's insides is this version's. */
const WITH_WEBGPU = {
  "@tensorflow/tfjs": "^4.22.0",
  "@tensorflow/tfjs-backend-webgpu": "^4.22.0",
};

export const PACKAGES: readonly Package[] = [
  {
    name: NAMES.wasm,
    description: "A TensorFlow.js backend for CPUs that trains: fused SIMD kernels on all cores",
    entry: "backend/wasm/mod.ts",
    threads: true,
    files: {
      "kernels.wasm": "./backend/wasm/kernels.wasm",
      "kernels_baseline.wasm": "./backend/wasm/kernels_baseline.wasm",
    },
    peerDependencies: { "@tensorflow/tfjs": "^4.0.0" },
  },
  {
    name: NAMES.webgpu,
    description: "WGSL kernels that make TensorFlow.js's WebGPU backend fit to train",
    entry: "backend/webgpu/mod.ts",
    peerDependencies: WITH_WEBGPU,
  },
  {
    name: NAMES.graft,
    description:
      "Image classifiers that graft taught, in Node, Deno and browsers; and graft's command",
    entry: "inference/load_classifier.ts",
    from: {
      "backend/wasm/register.ts": NAMES.wasm,
      "backend/webgpu/register.ts": NAMES.webgpu,
      "backend/webgpu/tuner.ts": NAMES.webgpu,
    },
    files: {
      "mozjpeg_dec.wasm": "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
      "webp_dec.wasm": "@jsquash/webp/codec/dec/webp_dec.wasm",
      "avif_dec.wasm": "@jsquash/avif/codec/dec/avif_dec.wasm",
      "gif.wasm": "imagescript/wasm/any/gif.wasm",
      "jpeg.wasm": "imagescript/wasm/any/jpeg.wasm",
      "libjpeg-turbo.LICENSE.txt": "@jsquash/jpeg/codec/LICENSE.codec.md",
      "libwebp.LICENSE.txt": "@jsquash/webp/codec/LICENSE.codec.md",
      "zip.js.LICENSE.txt": "@zip.js/zip.js/LICENSE",
    },
    dependencies: {
      [NAMES.wasm]: project.version,
      [NAMES.webgpu]: project.version,
      // Not bundled: its licence, LGPL-3.0, wants it to be replaceable.
      "libheif-js": versionOf("libheif-js"),
    },
    peerDependencies: WITH_WEBGPU,
    command: true,
    polyfills: true,
  },
];

/** The project's own of a package. */
function versionOf(name: keyof typeof project.imports): string {
  return project.imports[name].slice(`npm:${name}@`.length);
}
