import { compileModule } from "./compile_module.ts";

export default await compileModule(new URL("./gif.wasm", import.meta.url));
