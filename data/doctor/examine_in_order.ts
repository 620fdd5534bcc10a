import { type DecodeResponse, readPhotoFile, type Refusal } from "../decode_photo.ts";
import { mapInOrder } from "../map_in_order.ts";
import { ProcessError, ProcessPool } from "../process_pool.ts";
import { encodeExamineRequest, readExamined } from "./examine_protocol.ts";

/** Longer than any honest photo should take, on a machine that is busy with others. */
const PATIENCE_MS = 30_000;

/**
 * Looks at photos side by side, in processes that may do nothing, and yields what they say in the
 * order given, without pixels. A photo that takes too long or breaks its process is refused, and the
 * others go on.
 * @param patience milliseconds that a photo may take
 * @throws the signal's reason when it is aborted, and whatever keeps processes from starting
 */
export async function* examineInOrder(
  paths: string[],
  { processes, exifOrientation, signal, patience = PATIENCE_MS }: {
    processes: number;
    exifOrientation: boolean;
    signal?: AbortSignal;
    patience?: number;
  },
): AsyncGenerator<DecodeResponse> {
  const module = new URL("./examine_process.ts", import.meta.url);
  const size = Math.max(1, Math.min(processes, paths.length));
  using pool = new ProcessPool({ module, purpose: "decodes photos" }, size);
  const close = () => pool[Symbol.dispose]();
  signal?.addEventListener("abort", close);
  try {
    const examine = (path: string) => examineOne(pool, path, exifOrientation, patience);
    for await (const response of mapInOrder(paths, 2 * size, examine)) {
      signal?.throwIfAborted();
      yield response;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", close);
  }
}

async function examineOne(
  pool: ProcessPool,
  path: string,
  exifOrientation: boolean,
  patience: number,
): Promise<DecodeResponse> {
  let unread: Refusal | undefined;
  try {
    return await pool.run(
      async () => {
        const file = await readPhotoFile(path);
        if ("refusal" in file) throw unread = file;
        return encodeExamineRequest({ file, exifOrientation });
      },
      readExamined,
      patience,
    );
  } catch (error) {
    if (unread) return unread;
    if (!(error instanceof ProcessError) || error.reason === "not started") throw error;
    const isLate = error.reason === "late";
    const why = isLate ? `${error.message} to decode` : "it breaks the decoder";
    return { refusal: `corrupt: ${why}`, reason: "corrupt" };
  }
}
