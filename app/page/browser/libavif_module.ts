import { compileModule } from "./compile_module.ts";

export default await compileModule(new URL("./avif_dec.wasm", import.meta.url));
