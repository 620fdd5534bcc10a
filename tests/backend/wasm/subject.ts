import { registerWasmBackend, WASM_BACKEND } from "../../../backend/wasm/register.ts";
import { Subject } from "../contract/subject.ts";

registerWasmBackend();
export const WASM = new Subject({ name: "wasm", backend: WASM_BACKEND, networks: 40 });
