/** Step: only a new head learns, on features of the pretrained network. */
import { runTraining } from "./train.ts";

if (import.meta.main) await runTraining("frozen");
