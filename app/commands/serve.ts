/** `deno task serve`: a page on which the model can be tried, and predictions for programs. */
import * as v from "valibot";
import { defineCommand } from "../cli/command.ts";
import { flag, integer, text } from "../cli/flag.ts";
import { STORES } from "../cli/shared_flags.ts";
import { backendFlag, MODEL, threadsFlag } from "./flags.ts";

export const SERVE_FLAGS = v.object({
  host: flag(text, {
    value: "ADDRESS",
    help: "who may come; 127.0.0.1: this computer alone",
    default: "127.0.0.1",
  }),
  port: flag(integer(0, 65535), { value: "N", help: "where it listens", default: "8000" }),
  backend: backendFlag("wasm"),
  threads: threadsFlag,
  ...MODEL.entries,
  ...STORES.entries,
});

export const serve = defineCommand({
  name: "serve",
  group: "Use",
  summary: "serve a page to try the model on, and predictions for programs",
  flags: SERVE_FLAGS,
  run: async (context) => (await import("../serve/serve_model.ts")).serveModel(context),
});
