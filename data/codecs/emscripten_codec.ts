/** A decoder as jSquash's packages compile it with Emscripten. */
export interface EmscriptenCodec {
  /** RGBA, or null where the file could not be decoded; mozjpeg leaves by an exception instead. */
  decode(bytes: Uint8Array, preserveOrientation?: boolean): { data: Uint8ClampedArray } | null;
}

/** The function that such a package exports. */
export type EmscriptenFactory = (options: {
  noInitialRun: boolean;
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ): WebAssembly.Exports;
  printErr(message: string): void;
}) => Promise<EmscriptenCodec>;

/**
 * Makes an instance from a compiled module, so that nothing is read or fetched.
 * @param onMessage gets what the C library prints
 */
export function instantiateCodec(
  factory: EmscriptenFactory,
  module: WebAssembly.Module,
  onMessage: (message: string) => void,
): Promise<EmscriptenCodec> {
  return factory({
    noInitialRun: true,
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
    printErr: onMessage,
  });
}
