/** Says who it is; then answers each byte by the next, but for those that say what goes wrong. */
const input = Deno.stdin.readable.getReader();
const write = async (bytes: Uint8Array) => {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
};
const may = await Promise.all(
  (["read", "write", "net", "env", "run", "sys", "ffi"] as const).map((name) =>
    Deno.permissions.query({ name })
  ),
);
const allowed = may.some(({ state }) => state === "granted");
await write(new TextEncoder().encode(`${Deno.pid} ${allowed}\n`));
for (let part; (part = (await input.read()).value) !== undefined;) {
  if (part.includes(255)) { for (;;); }
  if (part.includes(254)) throw new Error("broke over it");
  await write(part.map((byte) => byte + 1));
}
