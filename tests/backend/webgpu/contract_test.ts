import { declareContract } from "../contract/mod.ts";
import { WEBGPU } from "./subject.ts";

declareContract(WEBGPU);
