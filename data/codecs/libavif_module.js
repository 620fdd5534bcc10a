// @ts-self-types="./wasm_module.d.ts"
// Source phase imports have no syntax in TypeScript yet, hence JavaScript.
import source module from "@jsquash/avif/codec/dec/avif_dec.wasm";

export default module;
