// @ts-self-types="./wasm_module.d.ts"
// Source phase imports have no syntax in TypeScript yet, hence JavaScript.
import source module from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";

export default module;
