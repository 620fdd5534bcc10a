/** Files on a web server, which are only read. */
import type { WebAddress } from "./address.ts";
import { inUrl } from "./address.ts";
import type { Objects, Reading } from "./objects.ts";
import { type Answer, RemoteError, type Requests } from "./requests.ts";

export class WebObjects implements Objects {
  readonly name: string;
  readonly #url: URL;
  readonly #headers: Record<string, string>;

  constructor({ name, url }: WebAddress, private readonly requests: Requests) {
    this.name = name;
    this.#url = new URL(url);
    const { username, password } = url;
    this.#url.username = this.#url.password = "";
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.#headers = username || password ? { authorization: `Basic ${base64(pair)}` } : {};
  }

  async read(key: string, from = 0): Promise<Reading | undefined> {
    const url = new URL(inUrl(key), this.#url);
    // What opens the place may stand there.
    url.search = this.#url.search;
    const headers = { ...this.#headers, ...rangeFrom(from) };
    const answer = await this.requests.send(() => Promise.resolve([url, { headers }]));
    if (isContent(answer)) return readingOf(answer);
    await answer.leave();
    if ([404, 410].includes(answer.status)) return undefined;
    throw new RemoteError(
      [401, 403].includes(answer.status)
        ? `${this.name} may not be read (${answer.status}): check the address, and the name and ` +
          "password in it"
        : `${this.name} answers ${answer.status}: check the address`,
    );
  }
}

/** Content as it is: its length must tell where it was cut. */
export const rangeFrom = (from: number): Record<string, string> => ({
  "accept-encoding": "identity",
  ...from > 0 && { range: `bytes=${from}-` },
});

export const isContent = ({ status }: Answer): boolean => status === 200 || status === 206;

export function readingOf({ status, headers, pieces }: Answer): Reading {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  if (status === 206 && from !== undefined) return { from: +from, total: +total, pieces };
  const length = headers.get("content-length");
  const isPlain = !headers.get("content-encoding");
  return { from: 0, total: length && isPlain ? Number(length) : undefined, pieces };
}

const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
