/** Flags that commands share, whatever the program is about. */
import * as v from "valibot";
import { flag, grouped, integer, repeated, text, toggle } from "./flag.ts";
import { shownAddress } from "./paths.ts";

/** Of every command. */
export const COMMON = grouped("Of every command", {
  json: toggle({
    help: "one JSON object a line on stdout; text for people goes to stderr",
    passing: true,
  }),
  verbose: toggle({ help: "show stack traces", passing: true }),
  help: toggle({ help: "show this", passing: true }),
  version: toggle({ help: "say which version this is", passing: true }),
});
export type CommonFlags = v.InferOutput<typeof COMMON>;

const WHERE = "Where results are";

/** Which store. */
export const STORE = grouped(WHERE, {
  store: flag(text, {
    value: "DIR",
    help:
      "where artifacts are kept (default: .graft beside the program; of the installed command, in the project's folder)",
  }),
});

/** Which store, and which others are read. */
export const STORES = grouped(WHERE, {
  ...STORE.entries,
  "store-from": repeated({
    value: "DIR|s3://…|https://…",
    help: "a store to take results from, never written to: a team's, a CI's",
    shown: shownAddress,
  }),
});

/** Of commands for which flags may have several values. */
export const SWEEP = grouped("Several settings at once", {
  sweep: repeated({
    value: "FLAG=A,B,…|FLAG=0..4",
    help: "a run for every value, and every combination with other --sweep; ends in a table. " +
      "Values of most flags may be listed as they are: --lr 1e-3,1e-2",
  }),
});

/** Where steps run. */
export const EXECUTION = grouped("Where it runs", {
  executor: flag(v.picklist(["local", "slurm"]), {
    value: "local|slurm",
    help: "slurm: every step that computes is a job of the cluster whose login node this is",
    default: "local",
  }),
  slurm: flag(text, {
    value: "NAME=VALUE,…",
    help: "options of sbatch for each job: partition=gpu,time=2:00:00,account=x",
  }),
  detach: toggle({
    help: "Ctrl-C leaves a cluster's jobs in its queue; the same command takes them up again",
    passing: true,
  }),
});
export type ExecutionFlags = v.InferOutput<typeof EXECUTION>;

/** How a run goes. */
export const RUN = grouped("How it runs", {
  name: flag(text, {
    value: "NAME",
    help: "name the run when it is done, as `pin` does; --force moves a name that is taken",
    passing: true,
  }),
  share: flag(text, {
    value: "s3://BUCKET/PREFIX",
    help: "put every result there, for others to take by --store-from",
    passing: true,
  }),
  jobs: flag(integer(1), { value: "N", help: "steps at a time, as far as resources allow" }),
  force: toggle({ help: "run the named steps even when cached", passing: true }),
  "keep-going": toggle({
    help: "after a failure, run what does not need the failed step",
    passing: true,
  }),
});
