/** A body that is not taken, with the status that says why. */
export class BodyError extends Error {
  constructor(readonly status: 400 | 408 | 413, message: string) {
    super(message);
  }
}

/**
 * A request's photo: the body itself, or the first file of a form.
 *
 * @param limit bytes that are read at most
 * @param patience milliseconds that the sender has
 * @throws {BodyError} where it is larger, slower, empty, or a form without a file
 */
export async function readPhoto(
  request: Request,
  limit: number,
  patience: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readBytes(request, limit, patience);
  const type = request.headers.get("content-type") ?? "";
  const photo = type.startsWith("multipart/form-data") ? await firstFile(bytes, type) : bytes;
  if (photo.length === 0) {
    throw new BodyError(400, "the request has no photo: send one as its body");
  }
  return photo;
}

async function readBytes(
  request: Request,
  limit: number,
  patience: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new BodyError(413, `a photo may have ${limit} bytes at most`);
  if (Number(request.headers.get("content-length")) > limit) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  const late = AbortSignal.timeout(patience);
  late.onabort = () => reader.cancel().catch(() => {});
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (late.aborted) throw new BodyError(408, `the photo took longer than ${patience / 1000} s`);
    if (done) break;
    length += value.length;
    if (length > limit) {
      reader.cancel().catch(() => {});
      throw tooLarge();
    }
    parts.push(value);
  }
  return await new Blob(parts).bytes();
}

async function firstFile(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
): Promise<Uint8Array<ArrayBuffer>> {
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw new BodyError(400, "the form cannot be read");
  }
  const file = [...form.values()].find((value) => value instanceof File);
  if (!file) throw new BodyError(400, "the form has no file");
  return await (file as Blob).bytes() as Uint8Array<ArrayBuffer>;
}
