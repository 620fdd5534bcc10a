/** A class in the page: its name, its photos, and what adds some. */
import { counted } from "../../../data/statistics/percent.ts";
import type { TaughtPhoto } from "../messages.ts";

/** Photos that are shown before more are asked for. */
const SHOWN = 24;

export interface CardActions {
  rename(name: string): void;
  remove(): void;
  add(files: File[]): void;
  record(): void;
  open(photo: TaughtPhoto): void;
}

export class ClassCard {
  readonly element: HTMLElement;
  /** By their ids, the newest last. */
  readonly photos = new Map<string, TaughtPhoto>();
  readonly #urls = new Map<string, string>();
  readonly #thumbs: HTMLElement;
  #showsAll = false;
  #standing = "";
  #isDrawn = true;

  constructor(name: string, private readonly actions: CardActions) {
    const template = document.getElementById("class") as HTMLTemplateElement;
    this.element = template.content.firstElementChild!.cloneNode(true) as HTMLElement;
    this.#thumbs = this.#part(".thumbs");
    const input = this.#part<HTMLInputElement>(".name");
    input.id = `name-${crypto.randomUUID()}`;
    this.#part<HTMLLabelElement>("header label").htmlFor = input.id;
    input.onchange = () => actions.rename(input.value);
    input.onkeydown = ({ key }) => key === "Enter" && input.blur();
    this.#part("header .remove").onclick = () => actions.remove();
    this.#part(".record").onclick = () => actions.record();
    const files = this.#part<HTMLInputElement>("input[type=file]");
    files.onchange = () => {
      actions.add([...files.files!]);
      files.value = ""; // so that the same photo can be chosen again
    };
    this.#part(".more").onclick = () => {
      this.#showsAll = !this.#showsAll;
      this.draw();
    };
    this.#thumbs.onkeydown = (event) => this.#walk(event);
    this.name = name;
    this.draw();
  }

  get name(): string {
    return this.#part<HTMLInputElement>(".name").value;
  }

  set name(name: string) {
    this.#part<HTMLInputElement>(".name").value = name;
    this.#part("header .remove").setAttribute("aria-label", `Remove the class ${name}`);
    this.#part(".record").setAttribute("aria-label", `Record photos of ${name} by the camera`);
    this.#thumbs.setAttribute("aria-label", `Photos of ${name}`);
  }

  set isRecorded(isRecorded: boolean) {
    const button = this.#part(".record");
    button.setAttribute("aria-pressed", String(isRecorded));
    button.textContent = isRecorded ? "Stop" : "Record";
  }

  focusName(): void {
    this.#part<HTMLInputElement>(".name").select();
  }

  add(photo: TaughtPhoto): void {
    this.photos.set(photo.id, photo);
    this.#later();
  }

  remove(id: string): boolean {
    if (!this.photos.delete(id)) return false;
    this.#later();
    return true;
  }

  /** @param right how many of how many photos that were asked about */
  set standing(right: { correct: number; total: number } | undefined) {
    this.#standing = right && right.total > 0
      ? `, right on ${right.correct} of ${right.total}`
      : "";
    this.#later();
  }

  /** An address of the small picture. */
  urlOf(photo: TaughtPhoto): string {
    const known = this.#urls.get(photo.id);
    if (known) return known;
    const url = URL.createObjectURL(photo.thumb!);
    this.#urls.set(photo.id, url);
    return url;
  }

  /** Photos come faster than anybody looks. */
  #later(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    requestAnimationFrame(() => this.draw());
  }

  draw(): void {
    this.#isDrawn = true;
    const all = [...this.photos.values()].reverse();
    this.#part(".count").textContent = counted(all.length, "photo") + this.#standing;
    const shown = this.#showsAll ? all : all.slice(0, SHOWN);
    const known = new Map(
      Array.from(this.#thumbs.children, (child) => [(child as HTMLElement).dataset.id, child]),
    );
    const hadFocus = this.#thumbs.contains(document.activeElement);
    this.#thumbs.replaceChildren(
      ...shown.map((photo) => known.get(photo.id) ?? this.#thumb(photo)),
    );
    const buttons = [...this.#thumbs.children] as HTMLElement[];
    if (!buttons.some(({ tabIndex }) => tabIndex === 0) && buttons[0]) buttons[0].tabIndex = 0;
    if (hadFocus && !this.#thumbs.contains(document.activeElement)) {
      (buttons.find(({ tabIndex }) => tabIndex === 0) ?? this.#part(".record")).focus();
    }
    const more = this.#part(".more");
    more.hidden = all.length <= SHOWN;
    more.textContent = this.#showsAll ? "Show fewer" : `Show all ${all.length}`;
    for (const [id, url] of this.#urls) {
      if (this.photos.has(id)) continue;
      URL.revokeObjectURL(url);
      this.#urls.delete(id);
    }
  }

  #thumb(photo: TaughtPhoto): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.id = photo.id;
    button.tabIndex = -1; // the arrow keys go from one to the next
    button.onclick = () => this.actions.open(photo);
    const image = new Image();
    image.loading = "lazy";
    image.alt = photo.file;
    image.src = this.urlOf(photo);
    button.append(image);
    return button;
  }

  #walk(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const buttons = [...this.#thumbs.children] as HTMLElement[];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const next = buttons[at + by];
    if (at < 0 || !next) return;
    event.preventDefault();
    buttons[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  #part<T extends HTMLElement = HTMLElement>(selector: string): T {
    return this.element.querySelector<T>(selector)!;
  }
}
