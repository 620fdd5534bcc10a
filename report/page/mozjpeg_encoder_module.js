// @ts-self-types="./mozjpeg_encoder_module.d.ts"
// Source phase imports have no syntax in TypeScript yet, hence JavaScript.
import source module from "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm";

export default module;
