// @ts-self-types="./resvg_module.d.ts"
// Source phase imports have no syntax in TypeScript yet, hence JavaScript.
import source module from "@resvg/resvg-wasm/index_bg.wasm";

export default module;
