/** Hashes of values and of files' content. */
import { createHash } from "node:crypto";

/** What survives a round trip through JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const sha256 = (data: string | Uint8Array): string =>
  createHash("sha256").update(data).digest("hex");

/** Digest of a JSON value; equal for equal values, whatever the order of their fields. */
export const digestOf = (value: unknown): string => sha256(canonical(value));

/**
 * One text for one value: every part carries its length, so that no two neighbours can trade
 * characters; fields are sorted by code unit, fields that are undefined are left out as in JSON.
 *
 * @param at what the value is called in errors
 * @throws {TypeError} for what JSON would silently change (NaN, functions, class instances)
 */
export function canonical(value: unknown, at = "value"): string {
  try {
    return textOf(value);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw new TypeError(`${at}${error.where} is ${error.what}, which JSON cannot hold`);
  }
}

/** Where it is becomes known on the way back: values without fault, which are most, do not pay for it. */
class NotJson extends Error {
  where = "";

  constructor(readonly what: string) {
    super(what);
  }
}

function textOf(value: unknown): string {
  if (value === null) return "n";
  if (typeof value === "boolean") return value ? "t" : "f";
  if (typeof value === "number" && Number.isFinite(value)) return prefixed("d", `${value || 0}`);
  // JSON's escapes keep lone surrogates apart, which UTF-8 would not.
  if (typeof value === "string") return prefixed("s", JSON.stringify(value));
  if (Array.isArray(value)) {
    let items = "";
    for (let i = 0; i < value.length; i++) items += textWithin(i, value[i]);
    return prefixed("a", items);
  }
  if (typeof value === "object" && isPlain(value)) {
    let fields = "";
    for (const name of Object.keys(value).sort()) {
      const field = value[name];
      if (field !== undefined) {
        fields += prefixed("s", JSON.stringify(name)) + textWithin(name, field);
      }
    }
    return prefixed("o", fields);
  }
  const what = typeof value === "object"
    ? `a ${value.constructor?.name}`
    : typeof value === "function"
    ? "a function"
    : String(value);
  throw new NotJson(what);
}
const prefixed = (tag: string, text: string) => `${tag}${text.length}:${text}`;

function textWithin(key: string | number, value: unknown): string {
  try {
    return textOf(value);
  } catch (error) {
    if (error instanceof NotJson) {
      error.where = (typeof key === "number" ? `[${key}]` : `.${key}`) + error.where;
    }
    throw error;
  }
}

function isPlain(value: object): value is Record<string, Json> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Where files begin to be read: an artifact may have so many that a buffer for each would tell. */
const HEAD = new Uint8Array(1 << 16);

/** Size and SHA-256 of a file of any size; `sync` also has the disk hold it for good. */
export async function hashFile(
  path: string,
  { sync = false } = {},
): Promise<{ size: number; sha256: string }> {
  // Windows flushes only what is open for writing.
  using file = Deno.openSync(path, { read: true, write: sync && Deno.build.os === "windows" });
  const hash = createHash("sha256");
  // A small file is read sooner than a thread would be found to do it; a large one must not keep
  // others waiting.
  let size = file.readSync(HEAD) ?? 0;
  hash.update(HEAD.subarray(0, size));
  if (size === HEAD.length) {
    // Where the caller works on beside this, each turn waits for it: a few are better than many.
    const buffer = new Uint8Array(1 << 20);
    for (let read; (read = await file.read(buffer)) !== null; size += read) {
      hash.update(buffer.subarray(0, read));
    }
  }
  if (sync) await file.sync();
  return { size, sha256: hash.digest("hex") };
}
