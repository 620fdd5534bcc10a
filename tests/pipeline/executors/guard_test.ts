import assert from "node:assert/strict";

Deno.test("where no shell may be run, steps are run without", async () => {
  const code = `
    import { Guard } from "${new URL("../../../pipeline/executors/guard.ts", import.meta.url)}";
    await using guard = new Guard();
    using _watched = guard.watch(Deno.pid);
    console.log("goes on");`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-run=deno", `data:text/typescript,${encodeURI(code)}`],
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(decode(stdout), "goes on\n", decode(stderr));
});
