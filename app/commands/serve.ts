/** `deno task serve`: a page on which the model can be tried, and predictions for programs. */
import * as v from "valibot";
import { defineCommand } from "../cli/command.ts";
import { flag, integer, repeated, text } from "../cli/flag.ts";
import { STORES } from "../cli/shared_flags.ts";
import { backendFlag, MODEL, precisionFlag, threadsFlag } from "./flags.ts";

export const SERVE_FLAGS = v.object({
  host: flag(text, {
    value: "ADDRESS",
    help: "who may come; 127.0.0.1: this computer alone",
    default: "127.0.0.1",
  }),
  "allow-host": repeated({
    value: "NAME",
    help: "a name by which others ask for it, such as photos.example.com; may be given again",
  }),
  port: flag(integer(0, 65535), { value: "N", help: "where it listens", default: "8000" }),
  review: flag(text, {
    value: "DIR",
    help: 'let visitors say what a photo is that the model got wrong: kept for "review" of this ' +
      "folder of photos",
  }),
  backend: backendFlag("wasm"),
  threads: threadsFlag,
  precision: precisionFlag,
  ...MODEL.entries,
  ...STORES.entries,
});

/** @param v8Flags arguments of `deno run` for processes that compute and parse nothing */
export const serve = (v8Flags: () => Promise<readonly string[]>) =>
  defineCommand({
    name: "serve",
    group: "Use",
    summary: "serve a page to try the model on, and predictions for programs",
    flags: SERVE_FLAGS,
    run: async (context) =>
      (await import("../serve/serve_model.ts")).serveModel(context, await v8Flags()),
  });
