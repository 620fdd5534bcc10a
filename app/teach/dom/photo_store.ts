/** Classes and photos, kept by the browser as they come: a reload finds them all. */
import type { Fingerprint } from "../../../data/fingerprint.ts";
import type { TaughtClass } from "../messages.ts";
import { type Files, openFiles, TEACH_FOLDER } from "./files.ts";

/** A photo that is kept. */
export interface StoredPhoto {
  classId: string;
  /** Below its class's folder, with `/`. */
  file: string;
}

/** What is known of a photo once it was looked at. */
export interface Seen {
  fingerprint: Fingerprint;
  features: Float32Array<ArrayBuffer>;
  thumb: Blob;
}

const PROJECT = "project", CLASSES = "classes.json";
const PHOTOS = "photos ";
/** Behind it, which network looked, and the class. */
const SEEN = "seen ";
/** Of a photo that was looked at: bytes before the grey values, and how many these are. */
const HEAD = 40, GREYS = 1024;

export class PhotoStore {
  private constructor(
    private readonly files: Files,
    private readonly network: string,
    readonly classes: TaughtClass[],
  ) {}

  /**
   * @param network what all that is known of photos depends on: of another one's, nothing is known
   */
  static async open(network: unknown): Promise<PhotoStore> {
    const files = await openFiles(TEACH_FOLDER);
    const bytes = new TextEncoder().encode(JSON.stringify(network));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const key = Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
    const kept = await files.read(PROJECT, CLASSES);
    const classes = kept ? JSON.parse(await kept.text()) : await recovered(files);
    const store = new PhotoStore(files, key.join(""), classes);
    if (kept) await store.#tidy();
    return store;
  }

  get persists(): boolean {
    return this.files.persists;
  }

  /** To be called when classes were changed. */
  async saveClasses(): Promise<void> {
    const json = new TextEncoder().encode(JSON.stringify(this.classes));
    await this.files.write(PROJECT, CLASSES, json);
  }

  async photos(): Promise<StoredPhoto[]> {
    const all: StoredPhoto[] = [];
    for (const { id: classId } of this.classes) {
      for (const file of await this.files.names(PHOTOS + classId)) all.push({ classId, file });
    }
    return all;
  }

  async write({ classId, file }: StoredPhoto, content: Blob): Promise<void> {
    await this.files.write(PHOTOS + classId, file, content);
  }

  async read({ classId, file }: StoredPhoto): Promise<Blob | undefined> {
    return await this.files.read(PHOTOS + classId, file);
  }

  async remove({ classId, file }: StoredPhoto): Promise<void> {
    await this.files.remove(PHOTOS + classId, file);
    await this.files.remove(this.#seenFolder(classId), file);
  }

  async removeClass(id: string): Promise<void> {
    this.classes.splice(this.classes.findIndex((known) => known.id === id), 1);
    await this.saveClasses();
    await this.files.removeFolder(PHOTOS + id);
    await this.files.removeFolder(this.#seenFolder(id));
  }

  /** Undefined where the network has not looked at it. */
  async seen({ classId, file }: StoredPhoto): Promise<Seen | undefined> {
    const kept = await this.files.read(this.#seenFolder(classId), file);
    return kept && unpack(await kept.arrayBuffer());
  }

  async writeSeen({ classId, file }: StoredPhoto, seen: Seen): Promise<void> {
    await this.files.write(this.#seenFolder(classId), file, await pack(seen));
  }

  compose(name: string): ReturnType<Files["compose"]> {
    return this.files.compose(name);
  }

  #seenFolder(classId: string): string {
    return `${SEEN}${this.network} ${classId}`;
  }

  /** What other networks said, and what a page left that was closed while it removed a class. */
  async #tidy(): Promise<void> {
    const wanted = new Set([
      PROJECT,
      ...this.classes.flatMap(({ id }) => [PHOTOS + id, this.#seenFolder(id)]),
    ]);
    for (const folder of await this.files.folders()) {
      if (!wanted.has(folder)) await this.files.removeFolder(folder);
    }
  }
}

/** Photos whose classes' names were lost are not lost. */
async function recovered(files: Files): Promise<TaughtClass[]> {
  const ids = (await files.folders()).filter((name) => name.startsWith(PHOTOS))
    .map((name) => name.slice(PHOTOS.length));
  return ids.map((id, i) => ({ id, name: `class ${i + 1}` }));
}

async function pack({ fingerprint, features, thumb }: Seen): Promise<Uint8Array<ArrayBuffer>> {
  const { hash, luma, chroma, colourfulness } = fingerprint;
  const small = new Uint8Array(await thumb.arrayBuffer());
  const bytes = new Uint8Array(HEAD + GREYS + features.byteLength + small.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, features.length, true);
  view.setUint32(4, colourfulness, true);
  view.setUint32(8, hash[0], true);
  view.setUint32(12, hash[1], true);
  view.setFloat64(16, chroma[0], true);
  view.setFloat64(24, chroma[1], true);
  bytes.set(luma, HEAD);
  bytes.set(
    new Uint8Array(features.buffer, features.byteOffset, features.byteLength),
    HEAD + GREYS,
  );
  bytes.set(small, HEAD + GREYS + features.byteLength);
  return bytes;
}

/** Undefined where it is cut off. */
function unpack(buffer: ArrayBuffer): Seen | undefined {
  if (buffer.byteLength < HEAD + GREYS) return undefined;
  const view = new DataView(buffer);
  const end = HEAD + GREYS + 4 * view.getUint32(0, true);
  if (buffer.byteLength < end) return undefined;
  return {
    fingerprint: {
      hash: [view.getUint32(8, true), view.getUint32(12, true)],
      luma: new Uint8Array(buffer.slice(HEAD, HEAD + GREYS)),
      chroma: [view.getFloat64(16, true), view.getFloat64(24, true)],
      colourfulness: view.getUint32(4, true),
    },
    features: new Float32Array(buffer.slice(HEAD + GREYS, end)),
    thumb: new Blob([buffer.slice(end)], { type: "image/jpeg" }),
  };
}
