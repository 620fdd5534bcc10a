// @ts-self-types="./wasm_module.d.ts"
// Source phase imports have no syntax in TypeScript yet, hence JavaScript.
import source module from "@jsquash/webp/codec/dec/webp_dec.wasm";

export default module;
