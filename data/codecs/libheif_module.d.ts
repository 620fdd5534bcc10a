import type { Libheif } from "./libheif.ts";

/** Makes an instance; its WebAssembly lies in its script. */
declare const create: (options: { print(): void; printErr(): void }) => Libheif;
export default create;
