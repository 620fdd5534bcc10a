import { declareContract } from "../contract/declare_contract.ts";
import { WEBGPU } from "./subject.ts";

declareContract(WEBGPU);
