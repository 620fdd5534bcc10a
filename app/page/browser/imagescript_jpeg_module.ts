import { compileModule } from "./compile_module.ts";

export default await compileModule(new URL("./jpeg.wasm", import.meta.url));
