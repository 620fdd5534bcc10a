/** What is taught: photos come and go, the network looks at them, the classifier follows. */
import { hasImageExtension, PHOTO_EXTENSIONS } from "../../../data/image_folder.ts";
import { counted } from "../../../data/statistics/percent.ts";
import { MANIFEST_SCHEMA } from "../../../models/manifest.ts";
import { describedArchitecture } from "../../../models/seen_as.ts";
import { withHead } from "../../../training/head.ts";
import { withAlpha, withoutAlpha } from "../../page/rgba.ts";
import { nameObjection, tidyName, unusedName } from "../class_names.ts";
import { LiveClassifier } from "../live_classifier.ts";
import type { Ask, Download, Tell } from "../messages.ts";
import { modelArchive, type ModelFormat } from "../model_archive.ts";
import type { SettleReply } from "../settle_worker.ts";
import { writeZip } from "../write_zip.ts";
import { decode, makeSmall, type Network } from "./network.ts";
import type { PhotoStore, StoredPhoto } from "./photo_store.ts";

/** Photos that the network looks at together. */
const BATCH = 8;
/** Milliseconds of fitting after photos that were looked at, while more wait, and while none do. */
const BETWEEN = 60, AT_REST = 200;
/** Milliseconds between two accounts of how good it is, while photos come. */
const ACCOUNT = 400;
/** Milliseconds in which nothing happens, before the penalty is chosen. */
const PAUSE = 1000;
/** Longest side of a photo that is tried, as it is shown. */
const PREVIEW = 480;
/** Photos that are read from the store together. */
const READ = 16;

type Frame = Extract<Ask, { type: "frame" | "try" }>;

export class Classroom {
  readonly #live: LiveClassifier;
  /** Every photo that is kept, by its id. */
  readonly #photos = new Map<string, StoredPhoto>();
  /** Those that the network has still to look at. */
  readonly #unseen: string[] = [];
  /** What was asked for and changes photos or takes them away: one after the other. */
  readonly #asked: (() => Promise<void>)[] = [];
  #frames: Frame[] = [];
  #wake: () => void = () => {};
  #told = 0;
  #isAccountDue = false;
  #changed = performance.now();
  #settler: { worker: Worker; version: number; done: Promise<void> } | undefined;
  /** The version whose penalty could not be chosen. */
  #hopeless = -1;

  private constructor(
    private readonly network: Network,
    private readonly store: PhotoStore,
    private readonly tell: (message: Tell) => void,
  ) {
    this.#live = new LiveClassifier(network.settings, store.classes);
  }

  /** With all that the store keeps. */
  static async open(
    network: Network,
    store: PhotoStore,
    tell: (message: Tell) => void,
  ): Promise<Classroom> {
    const room = new Classroom(network, store, tell);
    tell({ type: "classes", classes: store.classes });
    await room.#restore();
    room.#run();
    return room;
  }

  ask(ask: Ask): void {
    if (ask.type === "frame" || ask.type === "try") {
      // Of a camera, the newest is asked about.
      this.#frames = this.#frames.filter((frame) => frame.type === "try" || ask.type === "try");
      this.#frames.push(ask);
    } else {
      this.#asked.push(() => this.#do(ask));
    }
    this.#wake();
  }

  async #do(ask: Exclude<Ask, Frame>): Promise<void> {
    try {
      switch (ask.type) {
        case "add class":
          return void await this.#addClass(ask.name);
        case "rename class":
          return await this.#renameClass(ask.id, ask.name);
        case "remove class":
          return await this.#removeClass(ask.id);
        case "add photos": {
          const { take } = ask;
          return await this.#addPhotos(ask.files.map((file) => ({
            classId: ask.classId,
            name: take === undefined ? file.name.normalize("NFC") : `${take}/${file.name}`,
            file,
          })));
        }
        case "add folders":
          return await this.#addFolders(ask.files);
        case "move photo":
          return await this.#movePhoto(ask.id, ask.classId);
        case "remove photo":
          return await this.#removePhoto(ask.id);
        case "show": {
          const photo = this.#photos.get(ask.id);
          const file = photo && await this.store.read(photo);
          if (file) this.tell({ type: "shown", id: ask.id, file });
          return;
        }
        case "download":
          return await this.#download(ask.what);
      }
    } catch (error) {
      const what = ask.type === "download" ? { what: ask.what } : {};
      this.tell({ type: "refused", message: inWords(error), ...what });
    }
  }

  async #run(): Promise<never> {
    for (;;) {
      try {
        await this.#step();
      } catch (error) {
        this.tell({ type: "refused", message: inWords(error) });
      }
    }
  }

  /**
   * A frame, all that was asked for, and some of the photos that wait: neither a camera nor a thousand
   * files keep the others waiting.
   */
  async #step(): Promise<void> {
    const frame = this.#frames.shift();
    if (frame) await this.#answer(frame);
    for (let asked; (asked = this.#asked.shift());) {
      await asked();
      this.#busy();
    }
    if (this.#unseen.length > 0) {
      await this.#look(this.#unseen.splice(0, BATCH));
      this.#live.divide(false);
      this.#live.improve(BETWEEN, false);
      this.#isAccountDue = true;
      if (performance.now() - this.#told > ACCOUNT) this.#account();
      return this.#busy();
    }
    if (frame) return await turn();
    this.#live.divide(true);
    if (this.#live.improve(AT_REST, true)) {
      this.#isAccountDue = true;
      if (performance.now() - this.#told > ACCOUNT) this.#account();
      return await turn();
    }
    if (this.#isAccountDue) this.#account();
    await this.#rest();
  }

  /** Until something is asked for, or it is time to choose the penalty. */
  async #rest(): Promise<void> {
    const isOpen = () => !this.#settler && this.#live.version !== this.#hopeless;
    const wait = this.#changed + PAUSE - performance.now();
    if (isOpen() && wait <= 0) this.#settle();
    if (this.#frames.length > 0 || this.#asked.length > 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = isOpen() ? setTimeout(resolve, Math.max(0, wait)) : undefined;
    await promise;
    clearTimeout(timer);
  }

  // --- photos

  async #restore(): Promise<void> {
    const photos = await this.store.photos();
    for (let at = 0; at < photos.length; at += READ) {
      await Promise.all(
        photos.slice(at, at + READ).map(async (photo) => {
          const id = idOf(photo);
          this.#photos.set(id, photo);
          const seen = await this.store.seen(photo);
          if (!seen) return void this.#unseen.push(id);
          this.#live.add({ id, ...photo, ...seen });
          this.tell({ type: "photo", photo: { id, ...photo, thumb: seen.thumb } });
        }),
      );
    }
    this.#isAccountDue = true;
    this.#busy();
  }

  async #addClass(given: string): Promise<string> {
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

  async #renameClass(id: string, given: string): Promise<void> {
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
    this.#live.renamed();
    this.#change();
  }

  async #removeClass(id: string): Promise<void> {
    const gone = [...this.#photos].filter(([, { classId }]) => classId === id).map(([id]) => id);
    await this.store.removeClass(id);
    this.#forget(gone);
    this.tell({ type: "classes", classes: this.store.classes });
  }

  /** Keeps files as they are, to be looked at later; says which are no photos by their names. */
  async #addPhotos(
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
      if (this.#unseen.length % BATCH === 0) this.#busy();
    }
    this.#change();
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

  async #addFolders(files: readonly { className: string; name: string; file: File }[]) {
    const idOfClass = async (className: string) => {
      const name = tidyName(className);
      const known = this.store.classes.find((known) => known.name === name);
      return known?.id ?? await this.#addClass(name);
    };
    for (const [className, own] of Map.groupBy(files, ({ className }) => className)) {
      const classId = await idOfClass(className);
      await this.#addPhotos(own.map(({ name, file }) => ({ classId, name, file })));
    }
  }

  async #movePhoto(id: string, classId: string): Promise<void> {
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
    this.#change();
  }

  async #removePhoto(id: string): Promise<void> {
    const photo = this.#photos.get(id);
    if (!photo) return;
    await this.store.remove(photo);
    this.#forget([id]);
  }

  #forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.#photos.delete(id);
      this.#live.remove(id);
      const at = this.#unseen.indexOf(id);
      if (at >= 0) this.#unseen.splice(at, 1);
    }
    this.tell({ type: "gone", ids: [...ids] });
    this.#change();
  }

  // --- looking

  async #look(ids: readonly string[]): Promise<void> {
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
    this.#change();
  }

  #show(photo: StoredPhoto, seen: Parameters<PhotoStore["writeSeen"]>[1]): void {
    const id = idOf(photo);
    const { fingerprint, features, thumb } = seen;
    this.#live.add({ id, ...photo, fingerprint, features });
    this.tell({ type: "photo", photo: { id, ...photo, thumb } });
  }

  async #answer(frame: Frame): Promise<void> {
    try {
      const image = frame.type === "frame" ? withoutAlpha(frame.frame) : await decode(frame.file);
      const [features] = await this.network.features([this.network.crop(image)]);
      const said = this.#live.probabilities(features) ?? { classes: [], probabilities: [] };
      const preview = frame.type === "try" ? { preview: withAlpha(makeSmall(image, PREVIEW)) } : {};
      this.tell({ type: "answer", id: frame.id, ...said, ...preview });
    } catch (error) {
      this.tell({ type: "refused", message: (error as Error).message, id: frame.id });
    }
  }

  // --- how good it is

  #change(): void {
    this.#changed = performance.now();
    this.#isAccountDue = true;
    // What it chooses would be for other photos.
    this.#settler?.worker.terminate();
    this.#settler = undefined;
  }

  #account(): void {
    this.tell({ type: "standing", standing: this.#live.standing() ?? null });
    this.#told = performance.now();
    this.#isAccountDue = false;
    this.#busy();
  }

  #busy(): void {
    this.tell({
      type: "busy",
      waiting: this.#unseen.length,
      settling: this.#settler !== undefined,
    });
  }

  /** @returns when it is done, or given up */
  #settle(): Promise<void> {
    if (this.#settler) return this.#settler.done;
    const lesson = this.#live.lesson();
    const { version } = this.#live;
    if (!lesson) {
      this.#hopeless = version;
      return Promise.resolve();
    }
    const worker = new Worker(new URL("./settle.js", import.meta.url), { type: "module" });
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const end = (reply: SettleReply) => {
      worker.terminate();
      if (this.#settler?.worker !== worker) return;
      this.#settler = undefined;
      if ("settled" in reply) this.#live.settle(reply.settled, version);
      else this.#hopeless = version;
      this.#isAccountDue = true;
      resolve();
      this.#wake();
    };
    worker.onmessage = ({ data }: MessageEvent<SettleReply>) => end(data);
    worker.onerror = ({ message }) => end({ trouble: message });
    worker.postMessage(lesson, [lesson.features.buffer]);
    this.#settler = { worker, version, done };
    this.#busy();
    return done;
  }

  // --- what is taken away

  async #download(what: Download): Promise<void> {
    const files = what === "photos" ? this.#photoFiles() : await this.#modelFiles(what);
    const name = what === "photos" ? "photos.zip" : `model-${what}.zip`;
    const { stream, done } = await this.store.compose(name);
    await writeZip(
      stream,
      files,
      (done) => this.tell({ type: "progress", what, done, total: files.length }),
    );
    this.tell({ type: "file", what, name, file: await done() });
  }

  #photoFiles(): (readonly [string, () => Promise<Blob | undefined>])[] {
    const names = new Map(this.store.classes.map(({ id, name }) => [id, name]));
    return Array.from(this.#photos.values(), (photo) =>
      [
        `${names.get(photo.classId)}/${photo.file}`,
        () => this.store.read(photo),
      ] as const);
  }

  async #modelFiles(format: ModelFormat): Promise<(readonly [string, () => Promise<Blob>])[]> {
    // What is taken away is what the command line would make of these photos.
    while (this.#unseen.length > 0) await this.#look(this.#unseen.splice(0, BATCH));
    this.#live.divide(true);
    await this.#settle();
    let best = this.#live.classifier();
    if (!best?.settled) {
      while (this.#live.improve(AT_REST, true)) await turn();
      best = this.#live.classifier();
    }
    if (!best) throw new Error("there is no model yet: teach two classes or more");
    const { classes, classifier: { coef: weight, intercept: bias }, temperature, settled } = best;
    const { settings, parameters, backend } = this.network;
    const { architecture, preprocessing, pretrained, recipe, seed } = settings;
    const training = {
      branch: "frozen" as const,
      recipe,
      seed,
      bestEpoch: 0,
      valAccuracy: settled?.valAccuracy ?? 0,
      device: backend,
    };
    const description = {
      schema: MANIFEST_SCHEMA as typeof MANIFEST_SCHEMA,
      architecture,
      classes,
      preprocessing,
      pretrained,
      training,
      temperature,
    };
    const model = {
      description,
      parameters: withHead(parameters, describedArchitecture(settings), { weight, bias }),
      outOfDistribution: this.#live.familiar(),
    };
    const [val, test] = (["val", "test"] as const).map((part) => this.#live.scoreOf(part));
    const facts = {
      ...(val && { score: { ...val, ...(test && { test }) } }),
      source: { origin: "photos taught in a browser", counts: this.#live.counts() },
    };
    return Array.from(
      modelArchive(format, model, facts),
      ([name, content]) => [name, () => Promise.resolve(content)] as const,
    );
  }
}

const idOf = ({ classId, file }: StoredPhoto) => `${classId}/${file}`;

/** Lets messages in. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

function inWords(error: unknown): string {
  const { name, message } = error as Error;
  if (name !== "QuotaExceededError") return message;
  return "there is no room left where the browser keeps photos: free some on the disk, or download " +
    "the photos and remove some here";
}
