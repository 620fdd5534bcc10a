/**
 * A URL as it may be shown and recorded: without the user's name and password, and without the
 * values of query parameters that look like credentials.
 *
 * @example
 * ```ts
 * publicUrl("https://me:pw@host/a.zip?token=1&id=2"); // "https://host/a.zip?token=…&id=2"
 * ```
 */
export function publicUrl(text: string): string {
  const url = new URL(text);
  url.username = url.password = url.hash = "";
  return url.href.replace(/([?&][^=&]*(?:token|sig|secret|key|credential)[^=&]*=)[^&]*/gi, "$1…");
}

/** The file name that a URL ends in, decoded; undefined where it ends in none or in an unsafe one. */
export function fileNameOf(url: string): string | undefined {
  const last = new URL(url).pathname.split("/").at(-1)!;
  let name: string;
  try {
    name = decodeURIComponent(last);
  } catch {
    name = last;
  }
  return /^[^\\/:\0]+$/.test(name) && name !== "." && name !== ".." ? name : undefined;
}
