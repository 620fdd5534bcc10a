import { compileModule } from "./compile_module.ts";

export default await compileModule("jpeg.wasm");
