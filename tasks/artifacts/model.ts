import { modelManifest } from "../../models/manifest.ts";
import { jsonArtifact } from "./json_artifact.ts";

/** Which model the parameters beside it are of. */
export const modelFile = jsonArtifact("model.json", "pipeline", modelManifest);

/** What `convert_weights` leaves beside it. */
export const PRETRAINED_PARAMETERS = "weights.safetensors";
/** What training leaves beside it: the parameters of its best epoch. */
export const BEST_PARAMETERS = "best.safetensors";
