import type { Chain } from "./chain.ts";

const program = decodeURIComponent(new URL("./run_chain.ts", import.meta.url).pathname);

export const graft: Chain = {
  name: "graft",
  write: (folder, steps) => Deno.writeTextFileSync(`${folder}/steps`, `${steps}`),
  command: (folder) => [Deno.execPath(), "run", "-A", program, folder],
};
