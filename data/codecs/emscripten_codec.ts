/** A decoder as jSquash's packages compile it with Emscripten; `Choice` is what else it is told. */
export interface EmscriptenCodec<Choice = boolean> {
  /** RGBA, or null where the file could not be decoded; mozjpeg leaves by an exception instead. */
  decode(bytes: Uint8Array, choice?: Choice): { data: Uint8ClampedArray } | null;
}

/** The function that such a package exports. */
export type EmscriptenFactory<Choice = boolean> = (options: {
  noInitialRun: boolean;
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ): WebAssembly.Exports;
  printErr(message: string): void;
}) => Promise<EmscriptenCodec<Choice>>;

/**
 * Makes an instance from a compiled module, so that nothing is read or fetched.
 * @param onMessage gets what the C library prints
 */
export function instantiateCodec<Choice>(
  factory: EmscriptenFactory<Choice>,
  module: WebAssembly.Module,
  onMessage: (message: string) => void,
): Promise<EmscriptenCodec<Choice>> {
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
