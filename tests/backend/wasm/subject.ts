import { WASM_BACKEND } from "../../../backend/wasm/mod.ts";
import { Subject } from "../contract/subject.ts";

export const WASM = new Subject({ name: "wasm", backend: WASM_BACKEND, networks: 40 });
