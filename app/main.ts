/** The command line: `deno task pipeline` and everything beside it. */
import { fileURLToPath } from "node:url";
import { main } from "./cli/main.ts";
import { graft } from "./graft.ts";
import { realPath } from "./real_path.ts";

if (import.meta.main) {
  // Steps run in folders of their own: a relative path is meant from where the user stands.
  const mirror = Deno.env.get("GRAFT_MIRROR");
  if (mirror) {
    Deno.env.set("GRAFT_MIRROR", realPath(Deno.env.get("INIT_CWD") ?? Deno.cwd(), mirror));
  }
  const defaultStore = fileURLToPath(new URL("../.graft", import.meta.url));
  Deno.exit(await main(Deno.args, graft(defaultStore)));
}
