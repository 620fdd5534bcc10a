/** What strangers send to a server: each attack is bounded in bytes, connections and time. */
import { mutate } from "./mutate.ts";
import { photoBombs } from "./photo_bombs.ts";
import { below, pick, type Random } from "./random.ts";

/** Bytes to send, piece by piece. */
export interface HttpAttack {
  /** Of each connection. */
  pieces: Uint8Array[];
  /** Between two pieces, in ms. */
  pause?: number;
  /** At the same time; 1 otherwise. */
  connections?: number;
  /** It leaves without an answer. */
  leaves?: boolean;
  /** An answer that is no error would give away something. */
  forbidden?: boolean;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const POST = "POST /predict HTTP/1.1\r\nConnection: close\r\n";

const request = (head: string, body: Uint8Array = utf8("")) => [utf8(`${head}\r\n`), body];

const photoRequest = (host: string, photo: Uint8Array) =>
  request(`${POST}Host: ${host}\r\nContent-Length: ${photo.length}\r\n`, photo);

/** The body of a form of that many files. */
function form(random: Random, files: number, photo: Uint8Array): string {
  const bytes = [...photo].map((byte) => String.fromCharCode(byte % 128)).join("");
  const part = `--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n` +
    `${random() < 0.5 ? "" : bytes.slice(0, 20)}\r\n`;
  return part.repeat(files) + (random() < 0.8 ? "--x--\r\n" : "");
}

type Maker = (random: Random, host: string, photo: Uint8Array) => HttpAttack;

export const HTTP_ATTACKS: Record<string, Maker> = {
  "slow senders": (random, host) => ({
    connections: 1 + below(random, 40),
    pieces: [
      utf8(`${POST}Host: ${host}\r\nContent-Length: 1000\r\n\r\n`),
      ...Array.from({ length: 10 }, () => utf8("x")),
    ],
    pause: 50,
    leaves: true,
  }),
  "headers without end": (random, host) => ({
    pieces: [
      utf8(`GET / HTTP/1.1\r\nHost: ${host}\r\n`),
      ...Array.from(
        { length: below(random, 400) },
        (_, i) => utf8(`X-${i}: ${"a".repeat(1e4)}\r\n`),
      ),
    ],
    leaves: true,
  }),
  "one header without end": (random, host) => ({
    pieces: [
      utf8(`GET /${"a".repeat(below(random, 1e6))} HTTP/1.1\r\nHost: ${host}\r\nX: `),
      utf8("a".repeat(below(random, 2e6))),
    ],
    leaves: true,
  }),
  "headers by the byte": (_, host) => ({
    pieces: [...`GET / HTTP/1.1\r\nHost: ${host}`].map(utf8),
    pause: 20,
    leaves: true,
  }),
  "a form of many parts": (random, host, photo) => {
    const body = utf8(form(random, below(random, pick(random, [10, 100_000])), photo));
    const type = pick(random, ["multipart/form-data", "Multipart/Form-Data"]);
    const head = `${POST}Host: ${host}\r\nContent-Type: ${type}; boundary=x\r\n`;
    return { pieces: request(`${head}Content-Length: ${body.length}\r\n`, body) };
  },
  "a form that is no form": (random, host, photo) => {
    const body = mutate(utf8(form(random, 3, photo)), random, photo).bytes;
    const boundary = pick(random, ["x", "", '"', "x".repeat(200), "\u00e9", "x; boundary=y"]);
    const head =
      `${POST}Host: ${host}\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\n`;
    return { pieces: request(`${head}Content-Length: ${body.length}\r\n`, body) };
  },
  "a wrong length": (random, host, photo) => {
    const length = pick(random, [
      "0",
      "-1",
      "1e3",
      "0x10",
      "99999999999999999999",
      " ",
      "1, 2",
      "7",
    ]);
    const second = random() < 0.5 ? "" : `Content-Length: ${below(random, 100)}\r\n`;
    const head = `${POST}Host: ${host}\r\nContent-Length: ${length}\r\n${second}`;
    return { pieces: request(head, photo), leaves: true };
  },
  "a length and chunks": (_, host, photo) => ({
    pieces: request(
      `${POST}Host: ${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n`,
      photo,
    ),
    leaves: true,
  }),
  "chunks that lie": (random, host) => {
    const size = pick(random, ["5", "-5", "ffffffff", "ffffffffffffffff", "5;a=b", "zz", ""]);
    const body = utf8(`${size}\r\nabcde\r\n0\r\n\r\n`.repeat(1 + below(random, 3)));
    return {
      pieces: request(`${POST}Host: ${host}\r\nTransfer-Encoding: chunked\r\n`, body),
      leaves: true,
    };
  },
  "a body over the limit": (random, host) => {
    const chunk = utf8(`100000\r\n${"x".repeat(0x100000)}\r\n`);
    return {
      pieces: [
        utf8(`${POST}Host: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`),
        ...Array.from({ length: 33 + below(random, 10) }, () => chunk),
      ],
      forbidden: true,
    };
  },
  "another host": (random, host, photo) => {
    const port = host.split(":")[1];
    const name = pick(random, [
      ...["example.com", `localhost.example.com:${port}`, `127.0.0.1.example.com:${port}`, "0"],
      ...["", `evil@127.0.0.1:${port}`, `127.0.0.1:${port}, example.com`, `example.com#${host}`],
    ]);
    return { pieces: photoRequest(name, photo), forbidden: true };
  },
  "another origin": (random, host, photo) => {
    const origin = pick(random, [
      "https://example.com",
      "null",
      "http://127.0.0.1:1",
      "http://[",
      "",
    ]);
    const head = `${POST}Host: ${host}\r\nOrigin: ${origin}\r\nContent-Length: ${photo.length}\r\n`;
    return { pieces: request(head, photo), forbidden: true };
  },
  "a way out": (random, host) => {
    const path = pick(random, [
      ...["/../deno.json", "/..%2fdeno.json", "//etc/passwd", "/%2e%2e/deno.json", "/\0"],
      ...[
        "/index.html%00.css",
        "/.git/config",
        "/..\\deno.json",
        "/%",
        "*",
        "http://example.com/x",
      ],
    ]);
    return {
      pieces: request(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`),
      forbidden: true,
    };
  },
  "a damaged request": (random, host, photo) => {
    const whole = photoRequest(host, photo).flatMap((part) => [...part]);
    const mutant = mutate(Uint8Array.from(whole), random, utf8("GET / HTTP/1.1\r\n\r\n"));
    return { pieces: [mutant.bytes], leaves: true };
  },
  "a damaged photo": (random, host, photo) => ({
    pieces: photoRequest(host, mutate(photo, random, photo).bytes),
  }),
  "a bomb": (random, host) => ({
    pieces: photoRequest(host, photoBombs[pick(random, Object.keys(photoBombs))](random).bytes),
  }),
  "a sender who leaves": (random, host, photo) => {
    const [head, body] = photoRequest(host, photo);
    return { pieces: [head, body.subarray(0, below(random, body.length))], leaves: true };
  },
  "many at once": (random, host, photo) => ({
    connections: 2 + below(random, 60),
    pieces: photoRequest(host, photo),
  }),
};
