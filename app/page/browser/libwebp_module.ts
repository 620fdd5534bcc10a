import { compileModule } from "./compile_module.ts";

export default await compileModule(new URL("./webp_dec.wasm", import.meta.url));
