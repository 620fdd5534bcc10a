/** Answers that servers here give in the same way. */
const MEDIA_TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  wasm: "application/wasm",
  txt: "text/plain; charset=utf-8",
  md: "text/plain; charset=utf-8",
};

/** A file, by its name's ending; to HEAD without its bytes. */
export function fileResponse(
  request: Request,
  name: string,
  file: Uint8Array<ArrayBuffer>,
): Response {
  const type = MEDIA_TYPES[name.split(".").at(-1)!] ?? "application/octet-stream";
  return new Response(request.method === "HEAD" ? null : file, {
    headers: {
      "content-type": type,
      "content-length": String(file.length),
      "cache-control": "no-cache",
    },
  });
}

/** For programs. */
export function failure(
  status: number,
  error: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ error }, { status, headers });
}
