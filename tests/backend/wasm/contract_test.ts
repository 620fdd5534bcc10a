import { declareContract } from "../contract/declare_contract.ts";
import { epilogueContract } from "../contract/epilogue.ts";
import { expansionContract } from "../contract/expansion.ts";
import { WASM } from "./subject.ts";

declareContract(WASM);
// Only here do convolutions take over what follows them, or what they read.
epilogueContract(WASM);
expansionContract(WASM);
