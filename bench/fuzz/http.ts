/** Attacks on a server of this computer; after each one, a good photo is answered, and in time. */
import { HTTP_ATTACKS, type HttpAttack } from "./http_attacks.ts";
import { inputs } from "./inputs.ts";
import type { Kind, Outcome } from "./kind.ts";
import { pick } from "./random.ts";
import { Served } from "./served.ts";

/** An attack ends by then, in ms. */
const ATTACK_MS = 30_000;
/** Others wait no longer, on a busy machine too. */
const OTHERS_MS = 5000;
/** How long an answer is waited for that need not come. */
const LEAVE_MS = 500;
const MEMORY = 2048 * 2 ** 20;

export const http: Kind = {
  name: "http",
  share: 3,
  async prepare() {
    const { photo: photos } = await inputs();
    const server = await Served.start();
    const host = `127.0.0.1:${server.port}`;
    const names = Object.keys(HTTP_ATTACKS);
    const good = photos.find(({ name }) => name === "4:4:4.jpeg")!.bytes;
    return {
      async run(random, number) {
        const name = names[number % names.length];
        const attack = HTTP_ATTACKS[name](random, host, pick(random, photos).bytes);
        const { connections = 1 } = attack;
        const what = connections > 1 ? `${name}, ${connections} of them` : name;
        const told = server.messages.length;
        const answers = await Promise.all(
          Array.from({ length: connections }, () => send(server.port, attack)),
        );
        const peak = server.peak;
        const problem = judge(answers, attack) ?? await othersWait(host, good);
        const isRead = answers.some((answer) => answer.startsWith("HTTP/1.1 200"));
        const { verdict, why }: { verdict: Outcome["verdict"]; why: string } = problem
          ? { verdict: "problem", why: [problem, ...server.messages.slice(told)].join("\n  ") }
          : peak !== undefined && peak > MEMORY
          ? { verdict: "problem", why: `the server has ${Math.round(peak / 2 ** 20)} MiB` }
          : { verdict: isRead ? "read" : "refused", why: answers[0].split("\r\n")[0] };
        return { verdict, what: `${what}: ${why}`, peak };
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

/** What comes back on a connection: what it says, or that it was closed or stayed silent. */
async function send(port: number, { pieces, pause = 0, leaves }: HttpAttack): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const reading = answerOf(connection);
  const sent = (async () => {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length;) at += await connection.write(piece.subarray(at));
      if (pause) await wait(pause);
    }
  })().catch(() => {}); // the other side has enough
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = leaves ? sent.then(() => wait(LEAVE_MS)) : new Promise(() => {});
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(LATE), ATTACK_MS);
  });
  const silent = patience.then(() => "silent");
  const answer = await Promise.race([reading, silent, late]);
  clearTimeout(timer);
  return answer;
}

const LATE = "no answer";

async function answerOf(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(4096);
  try {
    const length = await connection.read(buffer);
    return new TextDecoder().decode(buffer.subarray(0, length ?? 0)) || "closed";
  } catch {
    return "closed";
  }
}

function judge(answers: string[], { forbidden }: HttpAttack): string | undefined {
  for (const answer of answers) {
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
    if (answer === LATE) return `no answer within ${ATTACK_MS / 1000} s`;
    if (status === 500) return "the server is at fault (500)";
    if (forbidden && status < 400) return `it is let in (${status})`;
  }
}

/** Why a good photo is not answered in time, if it is not. */
async function othersWait(host: string, photo: Uint8Array): Promise<string | undefined> {
  const began = performance.now();
  try {
    const signal = AbortSignal.timeout(OTHERS_MS);
    const body = photo as Uint8Array<ArrayBuffer>;
    const answer = await fetch(`http://${host}/predict`, { method: "POST", body, signal });
    const text = await answer.text();
    if (!answer.ok) return `others are sent away (${answer.status}: ${text})`;
  } catch (error) {
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    return `others get no answer after ${seconds} s (${(error as Error).message})`;
  }
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
