/** Addresses without the secrets in them: for people, and for what is kept. */
import { scryptSync } from "node:crypto";

/** Of query parameters, names of which the values open something. */
const TELLING =
  /token|sig|secret|key|credential|pass|pwd|auth|jwt|session|sid$|code|policy|hmac|hash|md5|sas|otp/i;

/** A value that nobody would make up: letters and digits without words or an extension, or a JWT. */
const RANDOM = /^(?=.*\d)(?=.*[a-z])[\w+/=%~-]{20,}$|^ey[\w-]+\.|[:/]\/[^/]*@/i;

/** The part of a path before one that opens something. */
const TELLING_PART =
  /^((access|api|auth|download|share)[_-]?)?(tokens?|keys?|secrets?|sig|jwt|sas)$/i;

/** What stands for a secret. */
const HIDDEN = "…";
const DIGEST = /#secret=[0-9a-f]{16}$/;

/**
 * An address as it may be shown and recorded: without the user's name and password, without what
 * follows a `#`, and without the values of query parameters, and parts of the path, that look like
 * credentials.
 *
 * @example
 * ```ts
 * publicUrl("https://me:pw@host/a.zip?token=1&id=2"); // "https://host/a.zip?token=…&id=2"
 * ```
 */
export function publicUrl(text: string): string {
  return divide(text).shown;
}

/** What others say, with each address in it that has secrets as it may be shown; all else stays. */
export const withPublicUrls = (text: string): string =>
  text.replace(
    ADDRESSES,
    (url) => /[@?;]|\/\/[^/]+\/./.test(url) && divide(url).parts.length > 0 ? publicUrl(url) : url,
  );

/** Up to what ends them in prose and in JSON, or to the next one in a list; of any text at once. */
const ADDRESSES = /\b[a-z][a-z0-9+.-]{0,20}:\/\/(?:(?!,[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s()<>"'])+/gi;

/** An address in two: what may be kept, and what may not. */
export interface ConcealedAddress {
  /** Two secrets of one address come out as two texts; an address without any stays as it is. */
  text: string;
  /** In the spellings in which a program may repeat them, the longest first. */
  secrets: string[];
}

/**
 * Takes the secrets out of an address and puts a digest of them in their place. It is made slowly
 * (scrypt, 16 MB, a few hundredths of a second), so that nobody finds a short password by trying all
 * of them on a store that is shared. What is no address stays as it is.
 *
 * @example
 * ```ts
 * concealAddress("https://me:pw@host/a.zip").text; // "https://host/a.zip#secret=a79f…"
 * ```
 */
export function concealAddress(text: string): ConcealedAddress {
  const known = concealed.get(text) ?? conceal(text);
  concealed.set(text, known);
  return known;
}

/** A step's key is taken several times a run. */
const concealed = new Map<string, ConcealedAddress>();

function conceal(text: string): ConcealedAddress {
  if (!isAddress(text)) return { text, secrets: [] };
  const { shown, parts, secrets } = divide(text);
  if (parts.length === 0) {
    // What was concealed before stays so; else what follows a `#` is never sent.
    return { text: DIGEST.test(text) ? text : text.replace(/#.*/s, ""), secrets: [] };
  }
  const digest = scryptSync(JSON.stringify(parts), shown, 8).toString("hex");
  return { text: `${shown}#secret=${digest}`, secrets };
}

/** Whether a text was concealed, so that nothing can be had by it any more. */
export const isConcealed = (text: string): boolean =>
  isAddress(text) &&
  (DIGEST.test(text) || /(:\/\/|[=?&;/])(…|%E2%80%A6)(?=[&;#/?.]|$)/i.test(text));

const isAddress = (text: string) => /^[a-z][a-z0-9+.-]+:\/\//i.test(text);

function divide(text: string) {
  if (!URL.canParse(text)) {
    const [scheme] = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text) ?? [""];
    const rest = text.slice(scheme.length);
    return { shown: scheme + HIDDEN, parts: [rest], secrets: spellings([text, rest]) };
  }
  const url = new URL(text);
  const { username, password } = url;
  url.username = url.password = url.hash = "";
  const parts: string[] = username || password ? [username, password] : [];
  const values: string[] = [];
  const [, host, path, rest] = /^([^:]+:\/\/[^/?;]*)([^?;]*)(.*)$/s.exec(url.href)!;
  const shownPath = path.split("/").map((part, i, path) => {
    const secret = secretOf(part, path[i - 1] ?? "");
    if (secret) values.push(secret);
    return secret ? part.replace(secret, HIDDEN) : part;
  }).join("/");
  const shownRest = rest.replace(/([?&;])([^=&;]*)(=?)([^&;]*)/g, (all, mark, name, is, value) => {
    const secret = is ? value : name; // `?abc` may be one, too
    if (!isSecret(is ? name : "", secret)) return all;
    values.push(secret);
    return mark + (is ? name + is : "") + HIDDEN;
  });
  // A name alone is a token, in front of a password it is a word.
  const told = [...values, password || username, ...password ? [`${username}:${password}`] : []];
  const shown = host + shownPath + shownRest;
  return { shown, parts: [...parts, ...values], secrets: spellings(told) };
}

/** What of a part of a path may not be shown; "" for nothing. */
function secretOf(part: string, before: string): string {
  const [, stem, extension] = /^(.*?)((?:\.[a-z][a-z0-9]{0,5})*)$/i.exec(part)!;
  if (stem === "" || decoded(stem) === HIDDEN) return "";
  // Files are often called by their digests.
  const isDigest = extension !== "" && /^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/.test(stem);
  const isTold = extension === "" && TELLING_PART.test(decoded(before));
  return isTold || (!isDigest && isRandom(decoded(stem))) ? stem : "";
}

/** Shorter ones could be names. */
const SHORTEST_RANDOM = 15;
/** Letters or digits in a row that are no word's, on average. */
const SHORT_RUNS = 2.5;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether nobody would have made up a name: it changes between letters, capitals and digits. */
function isRandom(name: string): boolean {
  if (UUID.test(name)) return true;
  const runs = name.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [];
  return runs.join("").length >= Math.max(SHORTEST_RANDOM, 0.8 * name.length) &&
    runs.join("").length / runs.length < SHORT_RUNS;
}

function isSecret(name: string, value: string): boolean {
  if (value === "" || decoded(value) === HIDDEN) return false;
  return TELLING.test(decoded(name)) || RANDOM.test(decoded(value)) || RANDOM.test(value);
}

/** Shorter ones are parts of words, which would be hidden everywhere. */
const SHORTEST = 4;

function spellings(secrets: string[]): string[] {
  const all = secrets.flatMap((secret) => [
    secret,
    decoded(secret),
    encodeURIComponent(decoded(secret)),
  ]);
  return [...new Set(all)].filter(({ length }) => length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
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
