import { compileModule } from "./compile_module.ts";

export default await compileModule("avif_dec.wasm");
