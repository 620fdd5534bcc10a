/** Trains all layers beside the worker that looks: teaching goes on meanwhile, and it can be stopped. */
import { startBackend } from "../../page/start_backend.ts";
import { boundShortSide } from "../../../data/short_side.ts";
import { openFiles, TEACH_FOLDER } from "./files.ts";
import { decode } from "./network.ts";
import { type Finetuned, type FinetuneLesson, finetuneTaught } from "../finetune.ts";

/** How far it is, what came of it and what computed it, or why nothing did. */
export type FinetuneReply =
  | { type: "progress"; what: "packing" | "learning"; share: number }
  | { type: "finetuned"; finetuned: Finetuned; device: string }
  | { type: "trouble"; message: string };

const scope = globalThis as unknown as {
  postMessage(reply: FinetuneReply): void;
  onmessage: (event: MessageEvent<FinetuneLesson>) => void;
};

/** Beside what is put together to be handed out. */
const PACK = "pack";

scope.onmessage = async ({ data: lesson }) => {
  try {
    const device = await startBackend();
    const files = await openFiles(TEACH_FOLDER);
    const { shortSide = Infinity } = lesson.settings;
    const finetuned = await finetuneTaught(lesson, {
      decode: async (photo) => boundShortSide(await decode(photo), shortSide),
      compose: () => files.compose("pixels", PACK),
      onProgress: (what, share) => scope.postMessage({ type: "progress", what, share }),
    });
    scope.postMessage({ type: "finetuned", finetuned, device });
    await files.removeFolder(PACK);
  } catch (error) {
    scope.postMessage({ type: "trouble", message: (error as Error).message });
  }
};
