import { declareContract } from "../contract/mod.ts";
import { WASM } from "./subject.ts";

declareContract(WASM);
