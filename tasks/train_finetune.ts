/** Step: every parameter learns, from the pretrained ones on. */
import { runTraining } from "./train.ts";

if (import.meta.main) await runTraining("finetune");
