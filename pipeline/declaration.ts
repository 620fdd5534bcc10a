/** What a user writes down about a step. */
/** Any validation library that speaks Standard Schema (standardschema.dev): valibot, zod, arktype. */
export interface StandardSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
    readonly issues: readonly {
      readonly message: string;
      readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
    }[];
  };

/**
 * Deno permissions beyond what every step has (to read its inputs and its own code, to write its
 * output folder): lists as `--allow-read=…` takes them, or `true` for all of a kind.
 */
export interface Permissions {
  read?: readonly string[] | true;
  write?: readonly string[] | true;
  net?: readonly string[] | true;
  run?: readonly string[] | true;
  ffi?: readonly string[] | true;
  sys?: readonly string[] | true;
}

/** A step's parameters, divided into what may be kept and what may not. */
export interface Concealed {
  /**
   * The parameters with something else in place of every secret: they enter the key, and stand in
   * manifests, records, events and reasons. Where another secret may give another result, this must
   * show (a digest). Concealed again, they stay as they are.
   */
  parameters: unknown;
  /** What was taken out: lines that the step prints are searched for it. */
  secrets: readonly string[];
}

/** What of the machine a step occupies while it runs; what is asked of a cluster for it. */
export interface Resources {
  /**
   * Cores; 1 when not said; less for what mostly waits; `Infinity`: all that the machine has, whichever
   * that is.
   */
  cpu?: number;
  gpu?: number;
  /** Megabytes. Clusters give a step no more; on the orchestrator's own machine nobody counts. */
  memory?: number;
}

/** A step: a pure function from (its code, its parameters, its inputs' contents) to a folder. */
// Members that take P are methods, not function properties, so that steps with different
// parameters fit into one array.
export interface StepDeclaration<P = unknown> {
  /** Letters, digits and `_ . - = , @ +`: it becomes a folder's name. */
  readonly name: string;
  /**
   * Steps of one kind share their results: instances of one step with other parameters. The name
   * when left out.
   */
  readonly kind?: string;
  /** The entry file, run as its own `deno run`; it ends in `await runStep(…)`. */
  readonly module: URL;
  /**
   * A module that the step's process loads before the step's own, by the parameters: the code for one
   * device, say, of several, that the step's module finds where this one leaves it. It is in the key;
   * what other parameters would have loaded is not.
   */
  preload?(p: P): URL | undefined;
  /** Validates the parameters and fills in defaults; without it the step takes none. */
  readonly parameters?: StandardSchema<P>;
  /** Parameters that change no result (a thread count): the step gets them, the key does not. */
  readonly notInKey?: readonly string[];
  /**
   * Upstream steps; the step sees their artifact folders under their names, or under those that a
   * record gives them: `{before: "train_a", after: "train_b"}`.
   */
  readonly inputs: readonly string[] | Readonly<Record<string, string>>;
  /**
   * Of an input, by the step's own name for it, the files and folders that the step reads: no others
   * enter its key, and it may read no others. All of an input that is not named here.
   */
  readonly reads?: Readonly<Record<string, readonly string[]>>;
  /**
   * Of the inputs, by the step's own names, those that it does without where they cannot be made: a
   * candidate that cannot be reached. That fails no run, and is told; the step's key is that of the
   * inputs it had, so that it runs again when there are more.
   */
  readonly optional?: readonly string[];
  /** Files and folders that must be in the artifact. */
  readonly outputs: readonly string[];
  /**
   * Of the outputs, those that tell how the result came about (times, a log) and not what it is:
   * a result that differs in them alone counts as the same. Steps downstream may not read them.
   */
  readonly notInDigest?: readonly string[];
  /**
   * Of the outputs, those that are handed on to people (a model): a run hashes them whenever it finds
   * the step cached, and makes the step anew where they are not what was published. Of all others it
   * looks at sizes, and at content before another step reads them. Keep them small.
   */
  readonly handedOn?: readonly string[];
  /**
   * For a step that can go on where an earlier attempt ended: it gets a folder to keep its state in
   * (see `Checkpoints`), which outlives it. Attempts share it that differ in these parameters alone,
   * such as a number of epochs; `recipe.epochs` names a field of a parameter. Where the step begins
   * must not change its result.
   */
  readonly checkpointsAcross?: readonly string[];
  /**
   * For a step that finds out something about single items (a photo's features): caches that it reads
   * and fills, by the step's own names for them (see `ItemCache`), each with the module that has the
   * function. A value is kept under the item's bytes, what the step says of how it came about, the
   * code that this module can reach, and the step's device, variables and `denoArguments`.
   */
  readonly itemCache?: Readonly<Record<string, URL>>;
  /**
   * Programs of Deno's that the step may have started, by its own names for them (see `startHelper`):
   * what reads files of strangers, and must be ended when it does not end. They get no permission at
   * all. The step's module must reach theirs, so that their code is in its key. There are none where
   * the executor cannot start them.
   */
  readonly helpers?: Readonly<Record<string, URL>>;
  /**
   * Of how many of the newest artifacts of its kind the step may read the folders: from these it may
   * take what it can tell to be as it would make it, by a digest of an item in its `itemCache`, say.
   * They save time alone: none may be there, or others, or damaged ones.
   */
  readonly earlier?: number;
  /**
   * Outputs that are folders in which files of the user's may stand as links (see `writeLinks`), so
   * that they take up no room twice. Their content is hashed and counts as that of any other. Once the
   * user changes such a file, nothing is made of it under its former name: a step that was reading it
   * fails, and the artifact is made anew when it is needed.
   */
  readonly linked?: readonly string[];
  /**
   * For a step whose parameters may hold a secret, such as a password in an address: only its process
   * is told it, and the other members here. Also asked of what earlier versions kept.
   */
  conceal?(p: P): Concealed;
  /** A user's own files and folders that the step reads: content enters the key, reading is allowed. */
  externals?(p: P): readonly string[];
  /**
   * Names of files and folders right in these folders whose content enters no key: the parameters say
   * what the step takes of them.
   */
  readonly externalsWithout?: readonly string[];
  permissions?(p: P): Permissions;
  /** Environment variables that the step may read and whose values enter the key. */
  environment?(p: P): readonly string[];
  /**
   * Environment variables that the step may read and that stay out of the key, because no result
   * depends on them: a mirror of files pinned by hash, a proxy.
   */
  passEnvironment?(p: P): readonly string[];
  /** For steps that compute: the class of device, where results differ between devices. */
  device?(p: P): string;
  resources?(p: P): Resources;
  /**
   * For small steps of which there are many: one that ends well leaves nothing behind (no timer, no
   * worker, no open file, no state in a module) and knows its folders from its context alone, so the
   * process that ran it may run others of the same code and permissions. It sees nothing of theirs
   * but their inputs and output.
   */
  readonly reusable?: boolean;
  /**
   * How many further attempts follow one that failed, however it did; each waits longer than the last.
   * When left out: two for a step that may use the network, after failures that are the network's (see
   * `StepFailure.cause`), and none for others. No other attempt's files are there, but checkpoints.
   */
  readonly retries?: number;
  /** Seconds after which an attempt is ended, and has failed; undefined: none. */
  timeLimit?(p: P): number | undefined;
  /** Further arguments of `deno run`, such as `--v8-flags=…`; they enter the key. */
  denoArguments?(p: P): readonly string[];
}

/** What steps of this one's kind are filed under in a store. */
export const kindOf = ({ kind, name }: StepDeclaration): string => kind ?? name;

/**
 * Names of the upstream steps by what the step calls them; sorted, so that the order in which they
 * are declared, which is not part of a key, can change no result.
 */
export function inputsOf({ inputs }: StepDeclaration): Record<string, string> {
  const named = Array.isArray(inputs) ? inputs.map((name) => [name, name]) : Object.entries(inputs);
  return Object.fromEntries(named.sort(([a], [b]) => a < b ? -1 : 1));
}

/** Lets TypeScript infer the parameters' type from their schema. */
export function defineStep<P>(step: StepDeclaration<P>): StepDeclaration<P> {
  return step;
}
