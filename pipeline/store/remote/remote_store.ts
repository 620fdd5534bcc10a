/**
 * A store on other machines: the manifests and the content of a store in a folder, under the same names,
 * so that such a folder, served or copied, is one. It is read by key; where it is an object store,
 * it is shared to.
 */
import { keyOf } from "../../fingerprint.ts";
import type { Artifact, BringOptions, Manifest, Shared } from "../../store.ts";
import { digestOfTree, type FileEntry, without } from "../../tree.ts";
import { Layout } from "../layout.ts";
import { mapInParallel } from "../read_tree.ts";
import { sealed, unsealed } from "../sealed.ts";
import { bringFile, WrongObject } from "./bring_file.ts";
import { ChangedFile, type Objects, type WritableObjects } from "./objects.ts";
import { BrokenOff, RemoteError, type Requests } from "./requests.ts";
import { Turns } from "./turns.ts";

/** Requests at a time. */
const AT_ONCE = 16;
/** Of a manifest: that of 100,000 files takes 15 MB. */
const LONGEST_MANIFEST = 256 << 20;

const NAMES = new Layout("");
/** Objects' names begin with no slash. */
const named = (path: string) => path.slice(1);
const MARK = named(NAMES.mark);

export class RemoteStore {
  readonly name: string;
  readonly #turns = new Turns(AT_ONCE);
  /** Why it is not asked any more. */
  #aside?: RemoteError;
  #reached?: Promise<void>;
  readonly #manifests = new Map<string, Manifest>();
  readonly #listed = new Map<string, Promise<Map<string, { time: string }> | undefined>>();
  /** Entries of which something turned out to be wrong. */
  readonly #wrong = new Set<string>();

  constructor(
    private readonly objects: Objects | WritableObjects,
    private readonly requests: Requests,
  ) {
    this.name = objects.name;
  }

  /**
   * Whether there is a store, which may be read.
   *
   * @throws {RemoteError} when there is none, or it cannot be had
   */
  reach(): Promise<void> {
    return this.#reached ??= this.#reach();
  }

  async #reach(): Promise<void> {
    if (await this.#text(MARK)) return;
    throw new RemoteError(
      `${this.name} is no store (it has no ${MARK}): check the address` +
        ("write" in this.objects ? "; a run with --share makes one" : ""),
    );
  }

  /** Makes it a store that can be read, if it is none. */
  async prepare(): Promise<void> {
    const objects = this.#writable();
    if (await this.#text(MARK) !== undefined) return;
    await objects.write(MARK, new TextEncoder().encode(Layout.MARK_TEXT));
  }

  /** Looks for a manifest; a note says what is wrong, once. */
  async find(step: string, key: string): Promise<{ manifest?: Manifest; note?: string }> {
    if (this.#aside || this.#wrong.has(`${step}/${key}`)) return {};
    try {
      const manifest = await this.#manifest(step, key);
      if (manifest !== "altered") return { manifest };
      this.#wrong.add(`${step}/${key}`);
      const entry = this.#entry(step, key);
      return { note: `${this.name}: ${entry} is cut short or altered, so it is passed over` };
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      this.#aside = error;
      return { note: `${error.message}. It is not asked any more in this run` };
    }
  }

  /**
   * Writes the content of what was found in an empty folder of this machine, checked by its digests.
   *
   * @throws {RemoteError} when something of it is missing or wrong, or cannot be had; it is not found again
   */
  async bring(
    manifest: Manifest,
    folder: string,
    { onBytes = () => {} }: BringOptions,
  ): Promise<void> {
    const { step, key, tree } = manifest;
    const path = named(NAMES.artifact(manifest));
    const folders = tree.files.map((file) => file.path.split("/").slice(0, -1).join("/"));
    for (const inner of new Set([...folders, ...tree.emptyFolders])) {
      Deno.mkdirSync(`${folder}/${inner}`, { recursive: true });
    }
    try {
      await this.#each(tree.files, async (file, check) => {
        const [from, to] = [`${path}/${file.path}`, `${folder}/${file.path}`];
        await bringFile(this.objects, this.requests, from, to, file, (bytes) => {
          check();
          onBytes(bytes);
        });
      });
    } catch (error) {
      this.#wrong.add(`${step}/${key}`);
      if (!(error instanceof WrongObject)) throw error;
      throw new RemoteError(`${this.name}: ${error.message}, so it is passed over`);
    }
  }

  /** Undefined where it cannot be listed: there may be any. */
  async steps(): Promise<Set<string> | undefined> {
    const names = await this.#list((objects) => objects.folders(`${named(NAMES.entries)}/`));
    return names && new Set(names);
  }

  /** Newest first; none where it cannot be listed. */
  async manifests(step: string, limit = Infinity): Promise<Manifest[]> {
    const prefix = `${named(NAMES.entries)}/${step}/`;
    const listing = this.#listed.get(step) ?? this.#list((objects) => objects.list(prefix));
    this.#listed.set(step, listing);
    const newest = [...await listing ?? []]
      .sort(([, a], [, b]) => a.time < b.time ? 1 : -1)
      .slice(0, limit)
      .map(([name]) => name.slice(prefix.length).replace(/\.json$/, ""));
    const found = await mapInParallel(newest, (key) => this.find(step, key));
    return found.flatMap(({ manifest }) => manifest ? [manifest] : []);
  }

  /**
   * Puts an artifact there: its content first, then its manifest, so that it is found whole or not at
   * all. What another one put there under its key stays, if it is whole.
   *
   * @throws {RemoteError} when it cannot be, or is not what was published any more
   */
  async share({ path, manifest }: Artifact): Promise<Shared> {
    const { step, key, tree } = manifest;
    const objects = this.#writable();
    const isWrong = this.#wrong.has(`${step}/${key}`);
    const found = isWrong ? undefined : await this.#manifest(step, key);
    const there = found === undefined || found === "altered" ? undefined : found;
    if (there && (await this.#missingOf(objects, there) ?? []).length === 0) {
      return { bytes: 0, files: 0 };
    }
    const all = tree.files;
    const missing = isWrong ? all : await this.#missingOf(objects, manifest) ?? all;
    const folder = named(NAMES.artifact(manifest));
    let bytes = 0;
    await this.#each(missing, async (file) => {
      try {
        await objects.writeFile(`${folder}/${file.path}`, `${path}/${file.path}`, file);
      } catch (error) {
        const isGone = error instanceof ChangedFile || error instanceof Deno.errors.NotFound;
        if (!isGone) throw error;
        throw new RemoteError(
          `${path}/${file.path} is not what was published: \`deno task verify\` lists what is damaged`,
        );
      }
      bytes += file.size;
    });
    const entry = new TextEncoder().encode(JSON.stringify(sealed(manifest), null, 1) + "\n");
    const isNew = found === undefined && !isWrong;
    await objects.write(this.#entry(step, key), entry, isNew);
    this.#wrong.delete(`${step}/${key}`);
    return { bytes, files: missing.length };
  }

  /** Files of an artifact that are not there, or are cut short; undefined where it cannot be known. */
  async #missingOf(objects: WritableObjects, manifest: Manifest) {
    const folder = named(NAMES.artifact(manifest));
    const there = await this.#turns.take(() => objects.list(`${folder}/`));
    return there &&
      manifest.tree.files.filter(({ path, size }) => there.get(`${folder}/${path}`)?.size !== size);
  }

  /**
   * Does it for all files, some at a time; after the first failure the rest need not be done.
   *
   * @param what may ask whether it is still worth its while, which throws if not
   */
  async #each(
    files: readonly FileEntry[],
    what: (file: FileEntry, check: () => void) => Promise<void>,
  ): Promise<void> {
    let failure: { error: unknown } | undefined;
    const check = () => {
      if (failure) throw failure.error;
    };
    await mapInParallel(files, async (file) => {
      try {
        await this.#turns.take(async () => {
          check();
          await what(file, check);
        });
      } catch (error) {
        failure ??= { error };
      }
    });
    check();
  }

  async #list<T>(what: (objects: WritableObjects) => Promise<T>): Promise<T | undefined> {
    const { objects } = this;
    if (this.#aside || !("list" in objects)) return undefined;
    try {
      return await this.#turns.take(() => what(objects));
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      return undefined; // who looks for something there is told
    }
  }

  async #manifest(step: string, key: string): Promise<Manifest | "altered" | undefined> {
    const entry = this.#entry(step, key);
    const known = this.#manifests.get(entry);
    if (known) return known;
    const text = await this.#text(entry);
    if (text === undefined) return undefined;
    let manifest: Manifest | undefined;
    try {
      manifest = unsealed(JSON.parse(text), step, key);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    }
    if (!manifest || !isSound(manifest)) return "altered";
    this.#manifests.set(entry, manifest);
    return manifest;
  }

  #text(key: string): Promise<string | undefined> {
    return this.#turns.take(() =>
      this.requests.persist(async () => {
        const reading = await this.objects.read(key);
        if (!reading) return undefined;
        const pieces: Uint8Array<ArrayBuffer>[] = [];
        let size = 0;
        for await (const piece of reading.pieces()) {
          size += piece.length;
          if (size > LONGEST_MANIFEST) return "";
          pieces.push(piece.slice());
        }
        if (reading.total !== undefined && size < reading.total) {
          throw new BrokenOff("the connection broke off");
        }
        return await new Blob(pieces).text();
      })
    );
  }

  #entry(step: string, key: string): string {
    return named(NAMES.entry(step, key));
  }

  #writable(): WritableObjects {
    if ("write" in this.objects) return this.objects;
    throw new RemoteError(`${this.name} is only read: share to s3://BUCKET/PREFIX`);
  }
}

/** Whether a manifest of others agrees with itself, and names only what lies in its folder. */
function isSound({ key, fingerprint, tree, content, digest }: Manifest): boolean {
  const paths = [...tree.files.map(({ path }) => path), ...tree.emptyFolders];
  const isWindows = Deno.build.os === "windows";
  return keyOf(fingerprint) === key &&
    digestOfTree(tree) === content &&
    digestOfTree(without(tree, fingerprint.notInDigest)) === digest &&
    tree.files.every(({ size }) => Number.isSafeInteger(size) && size >= 0) &&
    paths.every((path) =>
      path.split("/").every((part) => !["", ".", ".."].includes(part)) &&
      !path.includes("\0") && !(isWindows && /[\\:]/.test(path))
    );
}
