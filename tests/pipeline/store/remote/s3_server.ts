/**
 * As much of S3 as a store needs, in this process: objects, conditions, lists in pages, parts. Signatures
 * are checked by code of its own, after Amazon's description; it can be made to misbehave.
 */
import { createHash, createHmac } from "node:crypto";

export const KEYS = { accessKeyId: "AKIDTEST", secretAccessKey: "s3cr3t/with+signs" };

interface Stored {
  bytes: Uint8Array<ArrayBuffer>;
  time: Date;
}

/** What it does in place of what it should: an answer, or a way to spoil one. */
export type Fault =
  | Response
  | { truncateAt: number }
  | { delay: number; every?: number }
  | undefined;

export interface Rules {
  region?: string;
  /** Milliseconds that its clock is ahead of this machine's. */
  ahead?: number;
  /** Whoever has no name may read. */
  isPublic?: boolean;
  /** What nobody may do. */
  forbidden?: ("list" | "put")[];
  /** Of lists. */
  pageSize?: number;
  fault?: (request: Request, url: URL) => Fault | Promise<Fault>;
}

export class S3Server implements AsyncDisposable {
  readonly objects = new Map<string, Stored>();
  readonly uploads = new Map<string, Map<number, Uint8Array<ArrayBuffer>>>();
  /** Method and path with query, of all that was asked. */
  readonly asked: string[] = [];
  rules: Rules;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(readonly bucket: string, rules: Rules = {}) {
    this.rules = rules;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  put(key: string, content: string | Uint8Array<ArrayBuffer>): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    this.objects.set(key, { bytes, time: new Date() });
  }

  text(key: string): string {
    return new TextDecoder().decode(this.objects.get(key)!.bytes);
  }

  keys(prefix = ""): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    this.asked.push(`${request.method} ${url.pathname}${url.search}`);
    const body = new Uint8Array(await request.arrayBuffer());
    const fault = await this.rules.fault?.(request, url);
    if (fault instanceof Response) return fault;
    const refused = this.#refusal(request, url, body);
    const response = refused ?? this.#do(request, url, body);
    response.headers.set("date", new Date(Date.now() + (this.rules.ahead ?? 0)).toUTCString());
    return fault ? await spoilt(response, fault) : response;
  }

  #do(request: Request, url: URL, body: Uint8Array<ArrayBuffer>): Response {
    const [, bucket, ...parts] = decodeURIComponent(url.pathname).split("/");
    const key = parts.join("/");
    if (bucket !== this.bucket) return failure(404, "NoSuchBucket");
    const upload = url.searchParams.get("uploadId");
    const forbidden = this.rules.forbidden ?? [];
    if (request.method === "PUT" || request.method === "POST") {
      if (forbidden.includes("put")) return failure(403, "AccessDenied");
      if (url.searchParams.has("uploads")) return this.#begin();
      if (upload) return this.#part(request, url, key, upload, body);
      if (request.headers.get("if-none-match") === "*" && this.objects.has(key)) {
        return failure(412, "PreconditionFailed");
      }
      this.put(key, body);
      return new Response(null, { headers: { etag: etagOf(body) } });
    }
    if (request.method === "DELETE" && upload) {
      this.uploads.delete(upload);
      return new Response(null, { status: 204 });
    }
    if (key === "") {
      return forbidden.includes("list")
        ? failure(403, "AccessDenied")
        : this.#list(url.searchParams);
    }
    const stored = this.objects.get(key);
    if (!stored) {
      return forbidden.includes("list") ? failure(403, "AccessDenied") : failure(404, "NoSuchKey");
    }
    const { bytes } = stored;
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "") ?? [];
    if (from === undefined) return new Response(bytes);
    const headers = { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
    return new Response(bytes.subarray(Number(from)), { status: 206, headers });
  }

  #begin(): Response {
    const id = crypto.randomUUID();
    this.uploads.set(id, new Map());
    return xml(
      `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }

  #part(
    request: Request,
    url: URL,
    key: string,
    upload: string,
    body: Uint8Array<ArrayBuffer>,
  ): Response {
    const parts = this.uploads.get(upload);
    if (!parts) return failure(404, "NoSuchUpload");
    if (request.method === "PUT") {
      parts.set(Number(url.searchParams.get("partNumber")), body);
      return new Response(null, { headers: { etag: etagOf(body) } });
    }
    const listed = [
      ...new TextDecoder().decode(body).matchAll(
        /<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)<\/ETag>/g,
      ),
    ];
    const isWhole = listed.every(([, number, tag], i) =>
      Number(number) === i + 1 && etagOf(parts.get(i + 1)!) === tag
    );
    if (!isWhole) return failure(400, "InvalidPart");
    const blob = listed.map(([, number]) => Array.from(parts.get(Number(number))!)).flat();
    this.put(key, new Uint8Array(blob));
    this.uploads.delete(upload);
    return xml("<CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
  }

  #list(query: URLSearchParams): Response {
    const prefix = query.get("prefix") ?? "";
    const delimiter = query.get("delimiter");
    const after = query.get("continuation-token") ?? "";
    const names = new Set(
      this.keys(prefix).map((key) => {
        const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
        return end < 0 ? key : key.slice(0, end + 1);
      }),
    );
    const rest = [...names].filter((name) => name > after);
    const page = rest.slice(0, this.rules.pageSize ?? 1000);
    const entries = page.map((name) => {
      const encoded = encodeURIComponent(name).replaceAll("%2F", "/").replaceAll("%20", "+");
      const stored = this.objects.get(name);
      return stored
        ? `<Contents><Key>${encoded}</Key><LastModified>${stored.time.toISOString()}</LastModified>` +
          `<ETag>&quot;x&quot;</ETag><Size>${stored.bytes.length}</Size></Contents>`
        : `<CommonPrefixes><Prefix>${encoded}</Prefix></CommonPrefixes>`;
    });
    const next = page.length < rest.length
      ? `<NextContinuationToken>${page.at(-1)!.replaceAll("&", "&amp;")}</NextContinuationToken>`
      : "";
    return xml(`<ListBucketResult>${entries.join("")}${next}</ListBucketResult>`);
  }

  #refusal(request: Request, url: URL, body: Uint8Array): Response | undefined {
    const { region = "us-east-1", ahead = 0, isPublic = false } = this.rules;
    const authorization = request.headers.get("authorization");
    if (!authorization) {
      return isPublic && request.method === "GET" ? undefined : failure(403, "AccessDenied");
    }
    const [, id, day, scope, names, signature] =
      /^AWS4-HMAC-SHA256 Credential=(.+?)\/(\d+)\/([^/]+)\/s3\/aws4_request, SignedHeaders=(.+?), Signature=(.+)$/
        .exec(authorization)!;
    if (id !== KEYS.accessKeyId) return failure(403, "InvalidAccessKeyId");
    if (scope !== region) {
      return failure(400, "AuthorizationHeaderMalformed", { "x-amz-bucket-region": region });
    }
    const stamp = request.headers.get("x-amz-date")!;
    const time = Date.parse(
      stamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"),
    );
    if (Math.abs(Date.now() + ahead - time) > 900_000) return failure(403, "RequestTimeTooSkewed");
    const payload = request.headers.get("x-amz-content-sha256")!;
    if (payload !== "UNSIGNED-PAYLOAD" && payload !== sha256(body)) {
      return failure(400, "XAmzContentSHA256Mismatch");
    }
    const canonical = [
      request.method,
      url.pathname.split("/").map((part) => rfc3986(decodeURIComponent(part))).join("/"),
      [...url.searchParams].map((pair) => pair.map(rfc3986).join("=")).sort().join("&"),
      ...names.split(";").map((name) =>
        `${name}:${name === "host" ? url.host : request.headers.get(name)!.trim()}`
      ),
      "",
      names,
      payload,
    ].join("\n");
    const toSign = [
      "AWS4-HMAC-SHA256",
      stamp,
      `${day}/${scope}/s3/aws4_request`,
      sha256(canonical),
    ].join("\n");
    const key = [day, scope, "s3", "aws4_request"].reduce<Uint8Array | string>(
      (key, part) => createHmac("sha256", key).update(part).digest(),
      `AWS4${KEYS.secretAccessKey}`,
    );
    const isRight = createHmac("sha256", key).update(toSign).digest("hex") === signature;
    return isRight ? undefined : failure(403, "SignatureDoesNotMatch");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
const etagOf = (bytes: Uint8Array) => `"${createHash("md5").update(bytes).digest("hex")}"`;
const rfc3986 = (text: string) =>
  Array.from(new TextEncoder().encode(text), (byte) => {
    const c = String.fromCharCode(byte);
    return /[A-Za-z0-9._~-]/.test(c) ? c : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");

const xml = (text: string, init?: ResponseInit) =>
  new Response(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`, {
    ...init,
    headers: { "content-type": "application/xml", ...init?.headers },
  });

export const failure = (status: number, code: string, headers = {}) =>
  xml(`<Error><Code>${code}</Code><Message>It is so.</Message></Error>`, { status, headers });

/** The same answer, cut short or late. */
async function spoilt(response: Response, fault: Exclude<Fault, Response | undefined>) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { status } = response;
  const headers = {
    "content-length": String(bytes.length),
    ...Object.fromEntries(response.headers),
  };
  if ("truncateAt" in fault) {
    const body = new ReadableStream({
      pull(controller) {
        // Fewer bytes than were promised: the connection is closed.
        controller.enqueue(bytes.subarray(0, fault.truncateAt));
        controller.close();
      },
    });
    return new Response(body, { status, headers });
  }
  const every = fault.every ?? Infinity;
  let at = 0, timer: ReturnType<typeof setTimeout> | undefined;
  const body = new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => timer = setTimeout(resolve, fault.delay));
      controller.enqueue(bytes.subarray(at, at + every));
      at += every;
      if (at >= bytes.length) controller.close();
    },
    cancel: () => clearTimeout(timer),
  });
  return new Response(body, { status, headers });
}
