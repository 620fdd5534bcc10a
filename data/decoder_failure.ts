import { ProcessError } from "./process_pool.ts";

/** Longer than any honest photo should take; a HEIC of 12 megapixels takes 2 s of a CPU. */
export const DECODER_PATIENCE_MS = 30_000;

/**
 * Why a photo gives nothing whose decoding process failed.
 * @throws what is not the photo's fault: where no process can be started, say
 */
export function refusalOfFailure(error: unknown): string {
  if (!(error instanceof ProcessError) || error.reason === "not started") throw error;
  return error.reason === "late" ? `${error.message} to decode` : "it breaks the decoder";
}
