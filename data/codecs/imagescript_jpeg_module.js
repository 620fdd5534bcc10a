// @ts-self-types="./wasm_module.d.ts"
// Source phase imports have no syntax in TypeScript yet, hence JavaScript.
import source module from "imagescript/wasm/any/jpeg.wasm";

export default module;
