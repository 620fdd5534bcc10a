/** What the page and the worker that computes say to each other. */
import type { Preprocessing } from "../../models/architecture.ts";

/** `model.json` beside the page. */
export interface PageManifest {
  architecture: string;
  classes: string[];
  preprocessing: Preprocessing;
  /** Divides the logits before softmax. */
  temperature: number;
  /** Distance from all val photos' features beyond which a photo is unlike them; null if unknown. */
  unlikeBeyond: number | null;
  /** On the val photos. */
  accuracy: { correct: number; total: number; interval: [number, number] } | null;
  /** Whether the server keeps photos that the model was wrong about; absent where a page stands alone. */
  reviews?: true;
  /** Which run made it, and of which photos; null or absent where that is not known. */
  origin?: { data: string | null; run: string; started: string } | null;
}

/** Pixels as canvases take them. */
export interface Pixels {
  width: number;
  height: number;
  /** RGBA. */
  data: Uint8ClampedArray<ArrayBuffer>;
}

export type Question =
  /** A photo's file; the answer is followed by a heat map. */
  | { type: "photo"; id: number; file: ArrayBuffer }
  /** A frame of a camera. */
  | { type: "frame"; id: number; frame: Pixels };

export type Reply =
  | { type: "loading"; done: number; total: number }
  | { type: "ready"; manifest: PageManifest; backend: string }
  /** Nothing can be asked. */
  | { type: "failed"; message: string }
  | {
    type: "answer";
    id: number;
    /** In the order of the classes. */
    probabilities: number[];
    /** Whether the photo is unlike all val photos; absent where that cannot be told. */
    unlike?: boolean;
    /** The photo as it was decoded, made small; absent for frames. */
    preview?: Pixels;
    milliseconds: number;
  }
  | { type: "heat"; id: number; preview: Pixels }
  /** One photo cannot be used. */
  | { type: "refused"; id: number; message: string };
