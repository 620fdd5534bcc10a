import { compileModule } from "./compile_module.ts";

export default await compileModule(new URL("./mozjpeg_dec.wasm", import.meta.url));
