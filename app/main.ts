/** The command line: `deno task pipeline` and everything beside it. */
import { main } from "./cli/main.ts";
import { graft, STORE_BESIDE } from "./graft.ts";
import { resolveMirror } from "./real_path.ts";

if (import.meta.main) {
  resolveMirror(Deno.env.get("INIT_CWD") ?? Deno.cwd());
  Deno.exit(await main(Deno.args, graft(STORE_BESIDE)));
}
