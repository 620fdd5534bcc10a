/** Classes and photos that are taught: they come, go and are looked at, and the store keeps them. */
import { hasImageExtension, PHOTO_EXTENSIONS } from "../../../data/image_folder.ts";
import { counted } from "../../../data/statistics/percent.ts";
import { nameObjection, tidyName, unusedName } from "../class_names.ts";
import type { LiveClassifier } from "../live_classifier.ts";
import type { Tell } from "../messages.ts";
import type { Network } from "./network.ts";
import type { PhotoStore, StoredPhoto } from "./photo_store.ts";

/** Photos that the network looks at together. */
const BATCH = 8;
/** Photos that are read from the store together. */
const READ = 16;

export class KeptPhotos {
  /** By their ids. */
  readonly #photos = new Map<string, StoredPhoto>();
  /** Those that the network has still to look at. */
  readonly #unseen: string[] = [];

  constructor(
    private readonly network: Network,
    private readonly store: PhotoStore,
    private readonly live: LiveClassifier,
    private readonly tell: (message: Tell) => void,
    /** Hears that photos changed, and that others wait than before. */
    private readonly on: { change(): void; waiting(): void },
  ) {}

  /** Photos that the network has still to look at. */
  get waiting(): number {
    return this.#unseen.length;
  }

  /** Undefined where there is no such photo any more. */
  async read(id: string): Promise<Blob | undefined> {
    const photo = this.#photos.get(id);
    return photo && await this.store.read(photo);
  }

  /** Each by its path in a project, a folder a class, to be read one after the other. */
  files(): (readonly [path: string, read: () => Promise<Blob | undefined>])[] {
    const names = new Map(this.store.classes.map(({ id, name }) => [id, name]));
    return Array.from(this.#photos.values(), (photo) =>
      [
        `${names.get(photo.classId)}/${photo.file}`,
        () => this.store.read(photo),
      ] as const);
  }

  async restore(): Promise<void> {
    const photos = await this.store.photos();
    for (let at = 0; at < photos.length; at += READ) {
      await Promise.all(
        photos.slice(at, at + READ).map(async (photo) => {
          const id = idOf(photo);
          this.#photos.set(id, photo);
          const seen = await this.store.seen(photo);
          if (!seen) return void this.#unseen.push(id);
          this.live.add({ id, ...photo, ...seen });
          this.tell({ type: "photo", photo: { id, ...photo, thumb: seen.thumb } });
        }),
      );
    }
    this.on.change();
    this.on.waiting();
  }

  async addClass(given: string): Promise<string> {
    const name = tidyName(given);
    const { classes } = this.store;
    const objection = nameObjection(name, classes.map(({ name }) => name));
    if (objection) throw new Error(objection);
    const id = crypto.randomUUID();
    classes.push({ id, name });
    await this.store.saveClasses();
    this.tell({ type: "classes", classes });
    return id;
  }

  async renameClass(id: string, given: string): Promise<void> {
    const name = tidyName(given);
    const { classes } = this.store;
    const known = classes.find((known) => known.id === id);
    if (!known || known.name === name) return;
    const others = classes.filter((other) => other !== known).map(({ name }) => name);
    const objection = nameObjection(name, others);
    if (objection) {
      this.tell({ type: "classes", classes }); // as it was
      throw new Error(objection);
    }
    known.name = name;
    await this.store.saveClasses();
    this.tell({ type: "classes", classes });
    this.live.renamed();
    this.on.change();
  }

  async removeClass(id: string): Promise<void> {
    const gone = [...this.#photos].filter(([, { classId }]) => classId === id).map(([id]) => id);
    await this.store.removeClass(id);
    this.#forget(gone);
    this.tell({ type: "classes", classes: this.store.classes });
  }

  /** Keeps files as they are, to be looked at later; says which are no photos by their names. */
  async addPhotos(
    photos: readonly { classId: string; name: string; file: Blob }[],
  ): Promise<void> {
    const others: string[] = [];
    for (const { classId, name, file: content } of photos) {
      if (!this.store.classes.some(({ id }) => id === classId)) continue; // removed meanwhile
      if (!hasImageExtension(name)) {
        others.push(name);
        continue;
      }
      const file = unusedName(name, (file) => this.#photos.has(idOf({ classId, file })));
      const photo = { classId, file };
      await this.store.write(photo, content);
      this.#photos.set(idOf(photo), photo);
      this.#unseen.push(idOf(photo));
      if (this.#unseen.length % BATCH === 0) this.on.waiting();
    }
    this.on.change();
    if (others.length > 0) {
      const [first] = others;
      this.tell({
        type: "refused",
        message: `${counted(others.length, "file")} left out that ${
          others.length === 1 ? "is no photo" : "are no photos"
        } by name (${first}): taken are ${PHOTO_EXTENSIONS.join(" ")}`,
      });
    }
  }

  async addFolders(files: readonly { className: string; name: string; file: File }[]) {
    const idOfClass = async (className: string) => {
      const name = tidyName(className);
      const known = this.store.classes.find((known) => known.name === name);
      return known?.id ?? await this.addClass(name);
    };
    for (const [className, own] of Map.groupBy(files, ({ className }) => className)) {
      const classId = await idOfClass(className);
      await this.addPhotos(own.map(({ name, file }) => ({ classId, name, file })));
    }
  }

  async movePhoto(id: string, classId: string): Promise<void> {
    const photo = this.#photos.get(id);
    if (!photo || photo.classId === classId) return;
    const content = await this.store.read(photo);
    const seen = await this.store.seen(photo);
    if (!content) throw new Error(`${photo.file} is not there any more`);
    const file = unusedName(photo.file, (file) => this.#photos.has(idOf({ classId, file })));
    const moved = { classId, file };
    await this.store.write(moved, content);
    if (seen) await this.store.writeSeen(moved, seen);
    await this.store.remove(photo);
    this.#forget([id]);
    this.#photos.set(idOf(moved), moved);
    if (seen) this.#show(moved, seen);
    else this.#unseen.push(idOf(moved));
    this.on.change();
  }

  async removePhoto(id: string): Promise<void> {
    const photo = this.#photos.get(id);
    if (!photo) return;
    await this.store.remove(photo);
    this.#forget([id]);
  }

  #forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.#photos.delete(id);
      this.live.remove(id);
      const at = this.#unseen.indexOf(id);
      if (at >= 0) this.#unseen.splice(at, 1);
    }
    this.tell({ type: "gone", ids: [...ids] });
    this.on.change();
  }

  /** Has the network look at some of those that wait. */
  async look(): Promise<void> {
    const ids = this.#unseen.splice(0, BATCH);
    const looked: { photo: StoredPhoto; look: Awaited<ReturnType<Network["look"]>> }[] = [];
    for (const id of ids) {
      const photo = this.#photos.get(id);
      if (!photo) continue;
      try {
        const content = await this.store.read(photo);
        if (!content) throw new Error("it is not there any more");
        looked.push({ photo, look: await this.network.look(content) });
      } catch (error) {
        await this.store.remove(photo);
        this.#photos.delete(id);
        const message = `${photo.file} was left out: ${(error as Error).message}`;
        this.tell({ type: "refused", message });
      }
    }
    if (looked.length === 0) return;
    const features = await this.network.features(looked.map(({ look }) => look.crop));
    for (const [i, { photo, look: { fingerprint, thumb } }] of looked.entries()) {
      const seen = { fingerprint, thumb, features: features[i] };
      await this.store.writeSeen(photo, seen);
      this.#show(photo, seen);
    }
    this.on.change();
  }

  #show(photo: StoredPhoto, seen: Parameters<PhotoStore["writeSeen"]>[1]): void {
    const id = idOf(photo);
    const { fingerprint, features, thumb } = seen;
    this.live.add({ id, ...photo, fingerprint, features });
    this.tell({ type: "photo", photo: { id, ...photo, thumb } });
  }
}

const idOf = ({ classId, file }: StoredPhoto) => `${classId}/${file}`;
