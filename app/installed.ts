/** The command line as a command of its own, in any folder: see command.ts. */
import { main } from "./cli/main.ts";
import { graft } from "./graft.ts";
import { projectStore } from "./project_store.ts";
import { resolveMirror } from "./real_path.ts";

if (import.meta.main) {
  const folder = Deno.cwd();
  // Whoever started a task that calls this stood elsewhere.
  Deno.env.delete("INIT_CWD");
  resolveMirror(folder);
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE");
  Deno.exit(await main(Deno.args, graft(projectStore(folder, home), "graft")));
}
