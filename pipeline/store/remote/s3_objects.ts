/** Objects in a bucket of S3, or of a server that speaks as it does. */
import { createHash } from "node:crypto";
import { sha256 as digestOfBytes } from "../../digest.ts";
import { inUrl, type S3Address } from "./address.ts";
import type { AwsSettings } from "./aws_settings.ts";
import { ChangedFile, type Reading, type WritableObjects } from "./objects.ts";
import { type Answer, RemoteError, type Requests, textOf } from "./requests.ts";
import { isContent, rangeFrom, readingOf } from "./web_objects.ts";

/** Files up to this size are sent in one request, others in parts of at least this size. */
const PART = 8 << 20;
/** More are not taken. */
const MOST_PARTS = 10_000;
/** Of lists and errors, which are far smaller. */
const LONGEST_ANSWER = 16 << 20;

interface Call {
  method?: string;
  /** "" for the bucket. */
  key: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
}

export class S3Objects implements WritableObjects {
  readonly name: string;
  readonly #address: S3Address;
  #region: string;
  /** Milliseconds by which the server's clock is ahead of this one. */
  #ahead = 0;
  /** Signing keys, which hold for a day. */
  readonly #signingKeys = new Map<string, ArrayBuffer>();
  /** A place that was read may be read: what it then refuses is not there (it tells only who may list). */
  #mayBeRead = false;

  constructor(
    address: S3Address,
    private readonly settings: AwsSettings,
    private readonly requests: Requests,
    private readonly partSize = PART,
  ) {
    this.#address = address;
    this.name = address.name;
    this.#region = settings.region ?? "us-east-1";
  }

  async read(key: string, from = 0): Promise<Reading | undefined> {
    const answer = await this.#call({ key, headers: rangeFrom(from) });
    if (isContent(answer)) {
      this.#mayBeRead = true;
      return readingOf(answer);
    }
    const code = await codeOf(answer);
    if (code === "NoSuchKey" || (answer.status === 404 && code !== "NoSuchBucket")) {
      return undefined;
    }
    if (code === "AccessDenied" && this.#mayBeRead) return undefined;
    throw this.#refusal(answer, code, "s3:GetObject");
  }

  async list(prefix: string): Promise<Map<string, { size: number; time: string }> | undefined> {
    const objects = new Map<string, { size: number; time: string }>();
    for await (const page of this.#pages({ prefix })) {
      if (page === undefined) return undefined;
      for (const [, entry] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const time = field(entry, "LastModified") ?? "";
        objects.set(this.#short(field(entry, "Key")), { size: Number(field(entry, "Size")), time });
      }
    }
    return objects;
  }

  async folders(prefix: string): Promise<string[] | undefined> {
    const names: string[] = [];
    for await (const page of this.#pages({ prefix, delimiter: "/" })) {
      if (page === undefined) return undefined;
      for (const [, entry] of page.matchAll(/<CommonPrefixes>(.*?)<\/CommonPrefixes>/gs)) {
        names.push(this.#short(field(entry, "Prefix")).slice(prefix.length).replace(/\/$/, ""));
      }
    }
    return names;
  }

  async write(key: string, body: Uint8Array<ArrayBuffer>, unlessThere = false): Promise<boolean> {
    const headers = { "x-amz-content-sha256": digestOfBytes(body) };
    const condition = { "if-none-match": "*" };
    const call = { method: "PUT", key, body };
    const answer = await this.#call({
      ...call,
      headers: { ...headers, ...unlessThere && condition },
    });
    if (answer.status === 200) return await answer.leave().then(() => true);
    const code = await codeOf(answer);
    // Another one was faster, or is at it this very moment.
    if (unlessThere && [409, 412].includes(answer.status)) return false;
    // A server that knows no conditions: what is written is as good as what it replaces.
    if (unlessThere && [400, 501].includes(answer.status)) return await this.write(key, body);
    throw this.#refusal(answer, code, "s3:PutObject");
  }

  async writeFile(
    key: string,
    path: string,
    expected: { size: number; sha256: string },
  ): Promise<void> {
    using file = await Deno.open(path);
    const { size, sha256 } = expected;
    if (size <= this.partSize) {
      const body = await filled(file, size + 1);
      if (digestOfBytes(body) !== sha256) throw new ChangedFile();
      await this.write(key, body);
      return;
    }
    const partSize = Math.max(this.partSize, Math.ceil(size / MOST_PARTS));
    const upload = field(
      await this.#text({ method: "POST", key, query: { uploads: "" } }),
      "UploadId",
    );
    if (!upload) throw new RemoteError(`${this.name} does not take files in parts`);
    try {
      const hash = createHash("sha256");
      const tags: string[] = [];
      for (let sent = 0; sent < size; sent += partSize) {
        const body = await filled(file, Math.min(partSize, size - sent));
        hash.update(body);
        const query = { partNumber: String(tags.length + 1), uploadId: upload };
        const headers = { "x-amz-content-sha256": digestOfBytes(body) };
        const answer = await this.#call({ method: "PUT", key, query, headers, body });
        const tag = answer.headers.get("etag");
        if (answer.status !== 200 || !tag) {
          throw this.#refusal(answer, await codeOf(answer), "s3:PutObject");
        }
        await answer.leave();
        tags.push(tag);
      }
      const more = await file.read(new Uint8Array(1));
      if (more !== null || hash.digest("hex") !== sha256) throw new ChangedFile();
      const parts = tags.map((tag, i) =>
        `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`
      );
      const xmlns = "http://s3.amazonaws.com/doc/2006-03-01/";
      const list = `<CompleteMultipartUpload xmlns="${xmlns}">${
        parts.join("")
      }</CompleteMultipartUpload>`;
      const body = new TextEncoder().encode(list);
      const headers = { "content-type": "application/xml" };
      const query = { uploadId: upload };
      const done = await this.#text({ method: "POST", key, query, headers, body });
      // It answers 200 before it knows.
      if (field(done, "Code")) {
        throw new RemoteError(`${this.name} does not take a file of ${size} bytes: ${done}`);
      }
    } catch (error) {
      // What was sent would be paid for until someone finds it.
      await this.#call({ method: "DELETE", key, query: { uploadId: upload } })
        .then((answer) => answer.leave()).catch(() => {});
      throw error;
    }
  }

  async *#pages(query: Record<string, string>): AsyncGenerator<string | undefined> {
    const prefix = this.#long(query.prefix);
    let next: string | undefined;
    do {
      const answer = await this.#call({
        key: "",
        query: {
          "list-type": "2",
          "encoding-type": "url",
          ...query,
          prefix,
          ...next !== undefined && { "continuation-token": next },
        },
      });
      if (answer.status !== 200) {
        const code = await codeOf(answer);
        if (code !== "AccessDenied") throw this.#refusal(answer, code, "s3:ListBucket");
        yield undefined;
        return;
      }
      const page = await textOf(answer, LONGEST_ANSWER);
      yield page;
      const token = field(page, "NextContinuationToken");
      next = token && unescaped(token);
    } while (next !== undefined);
  }

  async #text(call: Call): Promise<string> {
    const answer = await this.#call(call);
    if (answer.status !== 200) {
      throw this.#refusal(answer, await codeOf(answer), "s3:PutObject");
    }
    return await textOf(answer, LONGEST_ANSWER);
  }

  readonly #long = (key: string) => this.#address.prefix ? `${this.#address.prefix}/${key}` : key;
  readonly #short = (encoded = "") => {
    const key = decodeURIComponent(encoded.replaceAll("+", " "));
    return this.#address.prefix ? key.slice(this.#address.prefix.length + 1) : key;
  };

  /** Asks where the bucket is, and by the server's clock, if the first answer is that it must be so. */
  async #call(call: Call): Promise<Answer> {
    for (let corrected = 0;; corrected++) {
      const answer = await this.requests.send(() => this.#signed(call));
      const region = answer.headers.get("x-amz-bucket-region");
      if (
        corrected < 2 && [301, 307, 400, 403].includes(answer.status) && region &&
        region !== this.#region
      ) {
        await answer.leave();
        this.#region = region;
        continue;
      }
      if (corrected < 2 && answer.status === 403) {
        const text = await textOf(answer, LONGEST_ANSWER);
        const date = Date.parse(answer.headers.get("date") ?? "");
        if (field(text, "Code") === "RequestTimeTooSkewed" && date && corrected === 0) {
          this.#ahead = date - Date.now();
          continue;
        }
        return { ...answer, pieces: piecesOf(text) };
      }
      return answer;
    }
  }

  async #signed(
    { method = "GET", key, query = {}, headers = {}, body }: Call,
  ): Promise<
    [URL, RequestInit & { body?: Uint8Array<ArrayBuffer>; headers: Record<string, string> }]
  > {
    const url = new URL(`${this.#root()}${key === "" ? "" : inUrl(this.#long(key))}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const { credentials } = this.settings;
    if (!credentials) return [url, { method, headers, body, redirect: "manual" }];
    // Loaded where there is something to sign: most runs ask no server.
    const { AwsV4Signer } = await import("aws4fetch");
    const now = new Date(Date.now() + this.#ahead);
    const signed = await new AwsV4Signer({
      ...credentials,
      method,
      url: url.href,
      headers: { "x-amz-content-sha256": digestOfBytes(body ?? new Uint8Array()), ...headers },
      service: "s3",
      region: this.#region,
      datetime: now.toISOString().replace(/[:-]|\.\d{3}/g, ""),
      cache: this.#signingKeys,
    }).sign();
    const all = Object.fromEntries(signed.headers);
    return [signed.url, { method, headers: all, body, redirect: "manual" }];
  }

  /** The bucket's address, with a slash at its end. */
  #root(): string {
    const { bucket } = this.#address, { endpoint } = this.settings;
    if (endpoint) return `${endpoint.replace(/\/+$/, "")}/${bucket}/`;
    const host = `s3.${this.#region}.amazonaws.com${this.#region.startsWith("cn-") ? ".cn" : ""}`;
    // A certificate is for one name before Amazon's.
    return bucket.includes(".") ? `https://${host}/${bucket}/` : `https://${bucket}.${host}/`;
  }

  #refusal({ status }: Answer, code: string | undefined, right: string): RemoteError {
    const { source, credentials } = this.settings;
    const by = credentials ? `the credentials of ${source}` : "no credentials";
    const remedies: Record<string, string> = {
      AccessDenied: credentials
        ? `its owner lets ${by} not do it: ask for the right ${right}`
        : "it is not public: give credentials by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or " +
          "by AWS_PROFILE",
      InvalidAccessKeyId: `it does not know ${by}: check them, and AWS_ENDPOINT_URL`,
      SignatureDoesNotMatch: `the secret key of ${source} is not the one of that access key`,
      ExpiredToken: `${by} have expired: have new ones made, as by logging in again`,
      InvalidToken: `the session token of ${source} is wrong: have new credentials made`,
      RequestTimeTooSkewed: "this machine's clock is wrong: set it",
      NoSuchBucket:
        `there is no bucket ${this.#address.bucket}: check its name, and AWS_ENDPOINT_URL`,
      EntityTooLarge: "a file is larger than it takes",
    };
    const said = [status, ...code ? [code] : []].join(" ");
    const doing = right === "s3:PutObject" ? "written to" : "read";
    const remedy = remedies[code ?? (status === 403 ? "AccessDenied" : "")] ??
      "check the address, and AWS_ENDPOINT_URL and AWS_REGION";
    return new RemoteError(`${this.name} cannot be ${doing} (${said}): ${remedy}`);
  }
}

/** What a server of S3 calls an error. */
async function codeOf(answer: Answer): Promise<string | undefined> {
  const code = field(await textOf(answer, LONGEST_ANSWER), "Code");
  return code && /^\w{1,60}$/.test(code) ? code : undefined;
}

function piecesOf(text: string): Answer["pieces"] {
  return async function* () {
    yield new TextEncoder().encode(text);
  };
}

/** Of XML in which no two elements of a name are looked for at a time. */
const field = (xml: string, name: string) =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const unescaped = (text: string) =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name) => ENTITIES[name]);
const escaped = (text: string) =>
  text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!);

/** The next bytes of a file: as many, or all that are left. */
async function filled(file: Deno.FsFile, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const read = await file.read(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  return bytes.subarray(0, length);
}
