/** What the page that teaches, and the worker that looks and computes, say to each other. */
import type { Preprocessing } from "../../models/architecture.ts";
import type { FinetuneRecipe, ModelManifest, ProbeRecipe } from "../../models/manifest.ts";
import type { BranchScore } from "../../training/score.ts";
import type { Pixels } from "../page/messages.ts";

/** `teach.json` beside the page: all that `deno task pipeline --recipe best` would go by here. */
export interface TeachSettings {
  architecture: string;
  preprocessing: Preprocessing;
  pretrained: ModelManifest["pretrained"];
  recipe: ProbeRecipe;
  finetune: FinetuneRecipe;
  seed: number;
  /** Of the division into photos that are taught and photos that are kept aside. */
  splitSeed: number;
  /** Photos are made smaller where their shorter side is longer; absent where they are not. */
  shortSide?: number;
}

/** A class as the page shows it. */
export interface TaughtClass {
  id: string;
  name: string;
}

/** A photo as the page shows it. */
export interface TaughtPhoto {
  id: string;
  classId: string;
  /** Below its class's folder, with `/`. */
  file: string;
  /** A small JPEG; absent where it cannot be read. */
  thumb?: Blob;
  /** Why it cannot be read. */
  refusal?: string;
}

/** What can be taken away. */
export type Download = "photos" | "safetensors" | "onnx" | "tfjs";

export type Ask =
  | { type: "add class"; name: string }
  | { type: "rename class"; id: string; name: string }
  | { type: "remove class"; id: string }
  /** Takes of a camera have a name, which is one for all photos between start and stop. */
  | { type: "add photos"; classId: string; files: File[]; take?: string }
  /** What folders say: each file under the name of the class that its folder is. */
  | { type: "add folders"; files: { className: string; name: string; file: File }[] }
  | { type: "move photo"; id: string; classId: string }
  | { type: "remove photo"; id: string }
  /** To be shown as it is. */
  | { type: "show"; id: string }
  /** A frame of a camera, or a photo, to be told apart and not to be kept. */
  | { type: "frame"; id: number; frame: Pixels }
  | { type: "try"; id: number; file: File }
  /** Of models, the one whose layers were all trained may be meant. */
  | { type: "download"; what: Download; isFinetuned?: boolean }
  | { type: "finetune" }
  | { type: "stop finetuning" };

/** How good the classifier is, on photos that it did not learn from. */
export interface Standing {
  /**
   * kept aside: on those that are never taught; every photo: each asked of a classifier that was taught
   * without it, once the penalty is chosen by cross-validation.
   */
  measured: "kept aside" | "every photo";
  /** In the order of the classifier: by code point. */
  classes: TaughtClass[];
  score: BranchScore | null;
  mistakes: { id: string; taken: string; probability: number }[];
  /** Photos that were taught, and photos that were kept aside. */
  taught: number;
  aside: number;
  /** Whether the classifier is what the command line would make of these photos. */
  settled: boolean;
  /** Whether the fit went on until it could not be better. */
  converged: boolean;
  /** How weights are held back. */
  C: number;
  /** Whether takes were kept together, which the command line does by `--group folder`. */
  byTake: boolean;
  /** Why the penalty cannot be chosen by these photos. */
  objection?: string;
}

/** How far the training of all layers is, or what came of it. */
export type FinetuneFacts =
  /** First photos are decoded once, then they are learnt from; the share is from 0 to 1. */
  | { state: "running"; what: "packing" | "learning"; share: number }
  /** Of the photos for validation: how many are right, and were before. */
  | { state: "done"; before: number; correct: number; total: number; isBetter: boolean }
  | { state: "stopped" }
  | { state: "failed"; message: string };

export type Tell =
  | { type: "loading"; done: number; total: number }
  | { type: "ready"; settings: TeachSettings; backend: string; persists: boolean }
  /** Nothing can be taught here. */
  | { type: "failed"; message: string }
  | { type: "classes"; classes: TaughtClass[] }
  | { type: "photo"; photo: TaughtPhoto }
  | { type: "gone"; ids: string[] }
  | { type: "shown"; id: string; file: Blob }
  /** Photos that still are to be looked at, and whether the penalty is being chosen. */
  | { type: "busy"; waiting: number; settling: boolean }
  | { type: "standing"; standing: Standing | null }
  | { type: "answer"; id: number; classes: string[]; probabilities: number[]; preview?: Pixels }
  | { type: "progress"; what: Download; done: number; total: number }
  | { type: "file"; what: Download; name: string; file: Blob }
  | { type: "finetuning"; facts: FinetuneFacts }
  /** Something that was asked for cannot be, and why; of a frame or a photo to try, which. */
  | { type: "refused"; message: string; id?: number; what?: Download };
