/** `deno task home`: all models and runs of a store, and the one that is going on, in a browser. */
import * as v from "valibot";
import type { Program } from "../cli/application.ts";
import { defineCommand } from "../cli/command.ts";
import { flag, integer, toggle } from "../cli/flag.ts";
import { STORES } from "../cli/shared_flags.ts";

export const HOME_FLAGS = v.object({
  port: flag(integer(0, 65535), { value: "N", help: "where it listens", default: "8020" }),
  "no-open": toggle({ help: "do not open the page in a browser" }),
  ...STORES.entries,
});

export const home = (program: Program) =>
  defineCommand({
    name: "home",
    group: "Use",
    summary: "show models and runs in a browser, and training as it goes",
    details: "It answers this computer alone. From another one: ssh -L 8020:127.0.0.1:8020 HOST.",
    flags: HOME_FLAGS,
    run: async (context) => {
      const isSeen = !context.flags.json && Deno.stderr.isTerminal();
      return (await import("../home/open_home.ts")).openHome(program, context, isSeen);
    },
  });
