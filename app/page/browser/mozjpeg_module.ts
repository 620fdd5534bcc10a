import { compileModule } from "./compile_module.ts";

export default await compileModule("mozjpeg_dec.wasm");
