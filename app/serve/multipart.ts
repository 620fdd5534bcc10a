/** The file of a form as browsers and curl send it: https://www.rfc-editor.org/rfc/rfc7578 */

/** A form that gives no photo, in words. */
export class FormError extends Error {}

/** No form of ours has more: each part costs time, and an empty one hardly any bytes. */
const MOST_PARTS = 32;
/** Of a part's headers, in bytes. */
const MOST_HEADERS = 4096;

const latin1 = new TextDecoder("latin1");
const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** The boundary of a content type that is a form's; undefined where it is another type. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^\s*multipart\/form-data\s*(;|$)/i.test(contentType)) return undefined;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (!boundary || boundary.length > 70) throw new FormError("the form does not name its boundary");
  return boundary;
}

/**
 * The bytes of the form's one file.
 * @throws {FormError} where there is none, or more than one, or it cannot be read
 */
export function onlyFile(form: Uint8Array<ArrayBuffer>, boundary: string): Uint8Array<ArrayBuffer> {
  let file: Uint8Array<ArrayBuffer> | undefined;
  for (const { headers, content } of partsOf(form, boundary)) {
    const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? "";
    const [, name] = /;\s*filename\*?=("(?:[^"\\]|\\.)*"|[^\s;]*)/i.exec(disposition) ?? [];
    // Browsers send a field for a file that was not chosen: no name, no bytes.
    if (name === undefined || (name === '""' && content.length === 0)) continue;
    if (file) throw new FormError("the form has more than one file: send one photo a request");
    file = content;
  }
  if (!file) throw new FormError("the form has no file");
  return file;
}

function* partsOf(form: Uint8Array<ArrayBuffer>, boundary: string) {
  const delimiter = ascii(`\r\n--${boundary}`);
  const cannotBeRead = () => new FormError("the form cannot be read");
  // The first delimiter may stand at the very beginning, where no line ends before it.
  let at = startsWith(form, delimiter.subarray(2), 0)
    ? delimiter.length - 2
    : find(form, delimiter, 0) + delimiter.length;
  if (at < delimiter.length - 2) throw cannotBeRead();
  for (let count = 0; !startsWith(form, ascii("--"), at); count++) {
    if (count === MOST_PARTS) {
      throw new FormError(`the form has more than ${MOST_PARTS} parts: send a photo alone`);
    }
    const head = find(form.subarray(0, at + MOST_HEADERS), ascii("\r\n\r\n"), at);
    const end = head < 0 ? -1 : find(form, delimiter, head + 2);
    if (end < 0) throw cannotBeRead();
    const start = head + 4;
    yield {
      headers: latin1.decode(form.subarray(at, head)),
      content: form.subarray(Math.min(start, end), end),
    };
    at = end + delimiter.length;
  }
}

/** Where `wanted` is found from `from` on, or -1: for markers, which are short and begin with CR LF. */
function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const [first, second, third] = wanted;
  for (let at = from; at + wanted.length <= bytes.length; at++) {
    if (bytes[at] !== first || bytes[at + 1] !== second || bytes[at + 2] !== third) continue;
    if (startsWith(bytes, wanted, at)) return at;
  }
  return -1;
}

function startsWith(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  for (let i = 0; i < wanted.length; i++) {
    if (bytes[at + i] !== wanted[i]) return false;
  }
  return true;
}
