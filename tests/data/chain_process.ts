/**
 * Answers a byte by itself and one that says which permissions the process has; what a chain's first
 * process answers its second one takes for two requests.
 */
import { answerPipe } from "../../data/answer_pipe.ts";

const PERMISSIONS = ["read", "write", "net", "env", "run", "ffi", "sys", "import"] as const;
/** Of the first process, and of the second. */
const BREAKS = { first: 254, second: 253 }, HANGS = 255;

if (import.meta.main) {
  const [role] = Deno.args as [keyof typeof BREAKS | "broken"];
  if (role === "broken") throw new Error("cannot begin");
  await answerPipe((input) => input.read(role === "first" ? 1 : 2), ([byte, ...rest]) => {
    if (byte === BREAKS[role]) throw new Error(`${role} broke over it`);
    if (byte === HANGS && role === "first") { for (;;); }
    console.log("a stray line"); // must not count as an answer
    const granted = PERMISSIONS.filter((name) =>
      Deno.permissions.querySync({ name }).state === "granted"
    );
    return Promise.resolve([Uint8Array.of(byte, ...rest, granted.length)]);
  });
}
