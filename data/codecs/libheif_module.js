// @ts-self-types="./libheif_module.d.ts"
export { default } from "libheif-js/libheif-wasm/libheif-bundle.mjs";
