/**
 * The oracle itself, tfjs-cpu with the operations of `ops/` composed, against differences and
 * double precision.
 */
import { derivativesContract } from "./contract/derivatives.ts";
import { lossContract } from "./contract/loss.ts";
import { STOCK } from "./contract/subject.ts";

derivativesContract(STOCK);
lossContract(STOCK);
