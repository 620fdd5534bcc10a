/** Takes out of a store what versions before `conceal` kept in it: the secrets that steps were told. */
import { kindOf, type StepDeclaration } from "../declaration.ts";
import type { Json } from "../digest.ts";
import { concealing, shownParameters } from "../process/conceal.ts";
import type { RunRecord } from "../run_record.ts";
import type { Store } from "../store.ts";
import { recordsOf } from "./history.ts";

/**
 * Looks through a store once for each kind of step: through its manifests, and the records and logs of
 * all runs. Keys stay as they are; no artifact is looked into.
 */
export async function concealKept(
  steps: readonly StepDeclaration[],
  { cache, runs, upkeep }: Pick<Store, "cache" | "runs" | "upkeep">,
): Promise<void> {
  const seen = new Seen(`${cache}/concealed.json`);
  for (const step of steps) {
    const kind = kindOf(step);
    if (!step.conceal || seen.has(kind)) continue;
    const found = new Found(step);
    await upkeep.rewrite(kind, (manifest) => {
      const { fingerprint } = manifest;
      const parameters = found.take(fingerprint.parameters);
      if (parameters === undefined) return undefined;
      return found.concealAll({ ...manifest, fingerprint: { ...fingerprint, parameters } });
    });
    for await (const record of recordsOf(runs)) {
      for (const name of namesIn(record, kind)) found.take(record.parameters[name]);
    }
    // What is said of one run may repeat the secrets of another: "data: OLD → NEW".
    for await (const record of recordsOf(runs)) {
      const before = JSON.stringify(record);
      for (const name of namesIn(record, kind)) {
        record.parameters[name] = found.take(record.parameters[name]) ?? record.parameters[name];
      }
      const concealed = found.concealAll(record);
      if (JSON.stringify(concealed) !== before) await runs.write(concealed);
    }
    if (found.any) { for (const id of await runs.ids()) await runs.rewriteLogs(id, found.conceal); }
    seen.add(kind);
  }
}

/** Names that steps of a kind had in a run, also of those that it did not come to. */
function namesIn({ parameters, steps }: RunRecord, kind: string): string[] {
  const kinds = new Map(steps.map(({ step, kind = step }) => [step, kind]));
  return Object.keys(parameters).filter((name) =>
    (kinds.get(name) ?? name.replace(/@.*$/s, "")) === kind
  );
}

/** Of the beginning of a secret; less could be anything. */
const SHORTEST = 4;

/** The secrets of a step that were found so far. */
class Found {
  readonly #concealings = new Map<string, (text: string) => string>();
  readonly #secrets = new Set<string>();

  constructor(private readonly step: StepDeclaration) {}

  get any(): boolean {
    return this.#concealings.size > 0;
  }

  /** Parameters as they may be kept; undefined where they are that already. */
  take(parameters: Json): Json | undefined {
    let shown;
    try {
      shown = shownParameters(this.step, parameters);
    } catch {
      return undefined; // they are of a version that had others
    }
    const text = JSON.stringify(parameters);
    if (JSON.stringify(shown) === text) return undefined;
    this.#concealings.set(text, concealing(this.step, parameters));
    for (const secret of this.step.conceal!(parameters).secrets) this.#secrets.add(secret);
    return shown;
  }

  readonly conceal = (text: string): string =>
    [...this.#concealings.values()].reduce((text, conceal) => conceal(text), text);

  /** In every text of a value; also what was cut amid a secret, as reasons' values are. */
  concealAll<T>(value: T): T {
    const concealed = (text: string) => this.#withoutCut(this.conceal(text));
    return JSON.parse(
      JSON.stringify(value, (_, field) => typeof field === "string" ? concealed(field) : field),
    );
  }

  #withoutCut(text: string): string {
    for (const secret of text.includes("…") ? this.#secrets : []) {
      for (let length = secret.length - 1; length >= SHORTEST; length--) {
        text = text.replaceAll(`${secret.slice(0, length)}…`, "…");
      }
    }
    return text;
  }
}

/** Kinds of steps of which a store was looked through. */
class Seen {
  readonly #kinds: Set<string>;

  constructor(private readonly file: string) {
    let kinds: string[] = [];
    try {
      kinds = JSON.parse(Deno.readTextFileSync(file));
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof Deno.errors.NotFound)) throw error;
    }
    this.#kinds = new Set(kinds);
  }

  has(kind: string): boolean {
    return this.#kinds.has(kind);
  }

  add(kind: string): void {
    this.#kinds.add(kind);
    Deno.writeTextFileSync(this.file, JSON.stringify([...this.#kinds]));
  }
}
