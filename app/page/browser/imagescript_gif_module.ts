import { compileModule } from "./compile_module.ts";

export default await compileModule("gif.wasm");
