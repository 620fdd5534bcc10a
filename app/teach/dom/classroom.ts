/** What is taught: photos come and go, the network looks at them, the classifier follows. */
import { describedArchitecture } from "../../../models/seen_as.ts";
import { withHead } from "../../../training/head.ts";
import type { LinearClassifier } from "../../../training/probe/logistic_regression.ts";
import { withAlpha, withoutAlpha } from "../../page/rgba.ts";
import { LiveClassifier } from "../live_classifier.ts";
import type { Ask, Download, Tell } from "../messages.ts";
import { writeZip } from "../write_zip.ts";
import { Finetuner } from "./finetuner.ts";
import { KeptPhotos } from "./kept_photos.ts";
import { decode, makeSmall, type Network } from "./network.ts";
import type { PhotoStore } from "./photo_store.ts";
import { Settler } from "./settler.ts";
import { takenFiles, type TakenModel } from "./taken_model.ts";

/** Milliseconds of fitting after photos that were looked at, while more wait, and while none do. */
const BETWEEN = 60, AT_REST = 200;
/** Milliseconds between two accounts of how good it is, while photos come. */
const ACCOUNT = 400;
/** Milliseconds in which nothing happens, before the penalty is chosen. */
const PAUSE = 1000;
/** Longest side of a photo that is tried, as it is shown. */
const PREVIEW = 480;

type Frame = Extract<Ask, { type: "frame" | "try" }>;

export class Classroom {
  readonly #live: LiveClassifier;
  readonly #kept: KeptPhotos;
  /** What was asked for and changes photos or takes them away: one after the other. */
  readonly #asked: (() => Promise<void>)[] = [];
  #frames: Frame[] = [];
  #wake: () => void = () => {};
  #told = 0;
  #isAccountDue = false;
  #changed = performance.now();
  readonly #settler: Settler;
  readonly #finetuner: Finetuner;

  private constructor(
    private readonly network: Network,
    private readonly store: PhotoStore,
    private readonly tell: (message: Tell) => void,
  ) {
    this.#live = new LiveClassifier(network.settings, store.classes);
    this.#kept = new KeptPhotos(network, store, this.#live, tell, {
      change: () => this.#change(),
      waiting: () => this.#busy(),
    });
    this.#settler = new Settler(this.#live, () => {
      this.#isAccountDue = true;
      this.#wake();
    });
    this.#finetuner = new Finetuner((facts) => tell({ type: "finetuning", facts }));
  }

  /** With all that the store keeps. */
  static async open(
    network: Network,
    store: PhotoStore,
    tell: (message: Tell) => void,
  ): Promise<Classroom> {
    const room = new Classroom(network, store, tell);
    tell({ type: "classes", classes: store.classes });
    await room.#kept.restore();
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
          return void await this.#kept.addClass(ask.name);
        case "rename class":
          return await this.#kept.renameClass(ask.id, ask.name);
        case "remove class":
          return await this.#kept.removeClass(ask.id);
        case "add photos": {
          const { take } = ask;
          return await this.#kept.addPhotos(ask.files.map((file) => ({
            classId: ask.classId,
            name: take === undefined ? file.name.normalize("NFC") : `${take}/${file.name}`,
            file,
          })));
        }
        case "add folders":
          return await this.#kept.addFolders(ask.files);
        case "move photo":
          return await this.#kept.movePhoto(ask.id, ask.classId);
        case "remove photo":
          return await this.#kept.removePhoto(ask.id);
        case "show": {
          const file = await this.#kept.read(ask.id);
          if (file) this.tell({ type: "shown", id: ask.id, file });
          return;
        }
        case "download":
          return await this.#download(ask.what, ask.isFinetuned);
        case "finetune":
          return await this.#finetune();
        case "stop finetuning":
          return this.#finetuner.stop();
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
    if (this.#kept.waiting > 0) {
      await this.#kept.look();
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
    const isOpen = () => !this.#settler.isRunning && !this.#settler.isIdle;
    const wait = this.#changed + PAUSE - performance.now();
    if (isOpen() && wait <= 0) {
      this.#settler.settle();
      this.#busy();
    }
    if (this.#frames.length > 0 || this.#asked.length > 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = isOpen() ? setTimeout(resolve, Math.max(0, wait)) : undefined;
    await promise;
    clearTimeout(timer);
  }

  // --- answers

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
    this.#settler.stop();
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
      waiting: this.#kept.waiting,
      settling: this.#settler.isRunning,
    });
  }

  // --- what is taken away

  async #download(what: Download, isFinetuned = false): Promise<void> {
    const files = what === "photos" ? this.#kept.files() : Array.from(
      takenFiles(
        what,
        this.network.settings,
        isFinetuned ? this.#finetuner.model : await this.#frozenModel(),
      ),
      ([name, content]) => [name, () => Promise.resolve(content)] as const,
    );
    const name = `${
      what === "photos" ? "photos" : isFinetuned ? `finetuned-${what}` : `model-${what}`
    }.zip`;
    const { stream, done } = await this.store.compose(name);
    await writeZip(
      stream,
      files,
      (done) => this.tell({ type: "progress", what, done, total: files.length }),
    );
    this.tell({ type: "file", what, name, file: await done() });
  }

  /** What is taken away is what the command line would make of these photos. */
  async #settleAll(): Promise<void> {
    while (this.#kept.waiting > 0) await this.#kept.look();
    this.#live.divide(true);
    await this.#settler.settle();
  }

  async #frozenModel(): Promise<TakenModel> {
    await this.#settleAll();
    let best = this.#live.classifier();
    if (!best?.settled) {
      while (this.#live.improve(AT_REST, true)) await turn();
      best = this.#live.classifier();
    }
    if (!best) throw new Error("there is no model yet: teach two classes or more");
    const { classes, temperature, settled } = best;
    return {
      classes,
      parameters: this.#withHead(best.classifier),
      temperature,
      training: {
        branch: "frozen",
        recipe: this.network.settings.recipe,
        bestEpoch: 0,
        valAccuracy: settled?.valAccuracy ?? 0,
        device: this.network.backend,
      },
      outOfDistribution: this.#live.familiar(),
      val: this.#live.scoreOf("val"),
      test: this.#live.scoreOf("test"),
      counts: this.#live.counts(),
    };
  }

  #withHead({ coef: weight, intercept: bias }: LinearClassifier) {
    const { parameters, settings } = this.network;
    return withHead(parameters, describedArchitecture(settings), { weight, bias });
  }

  /** From the head that is there once it is settled, as the command line does. */
  async #finetune(): Promise<void> {
    await this.#settleAll();
    const division = this.#live.division();
    if (!division) {
      const why = this.#live.objection ?? "teach two classes or more";
      throw new Error(`all layers cannot be trained by these photos: ${why}`);
    }
    const photos = await Promise.all(division.photos.map(async ({ id, ...photo }) => {
      const file = await this.#kept.read(id);
      if (!file) throw new Error(`${id} is not there any more`);
      return { ...photo, file };
    }));
    const parameters = this.#withHead(this.#live.classifier()!.classifier);
    const { settings } = this.network;
    const lesson = { settings, classes: division.classes, photos, parameters };
    this.#finetuner.start(lesson, this.#live.counts());
  }
}

/** Lets messages in. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

function inWords(error: unknown): string {
  const { name, message } = error as Error;
  if (name !== "QuotaExceededError") return message;
  return "there is no room left where the browser keeps photos: free some on the disk, or download " +
    "the photos and remove some here";
}
