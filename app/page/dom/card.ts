/** A photo and what the model says of it. */
import { percent } from "../../../data/statistics/percent.ts";
import { list, ranked } from "./classes.ts";
import type { Pixels, Reply } from "../messages.ts";

type Answer = Extract<Reply, { type: "answer" }>;

export class Card {
  readonly element: HTMLElement;
  #photo?: Pixels;
  #heat?: Pixels;

  constructor(readonly name: string) {
    const template = document.getElementById("card") as HTMLTemplateElement;
    this.element = template.content.cloneNode(true).firstChild!.nextSibling as HTMLElement;
    this.#part("h2").textContent = "…";
    this.#part(".file").textContent = name;
    this.#part("canvas").setAttribute("aria-label", name);
    this.#part("button").onclick = () => this.#toggle();
  }

  answer(answer: Answer, classes: readonly string[]): void {
    const { probabilities, unlike, preview, milliseconds } = answer;
    this.#part("h2").textContent = ranked(classes, probabilities)[0].label;
    this.#part(".hint").hidden = !unlike;
    list(this.#part(".classes"), classes, probabilities);
    this.#part(".file").textContent = `${this.name}, ${milliseconds.toFixed(0)} ms`;
    this.#photo = preview;
    this.#draw(preview!);
  }

  /**
   * Asks what the photo is, where the model got it wrong.
   * @param send told the class that was chosen, and the model's
   */
  askWhatItIs(classes: readonly string[], send: (label: string, predicted: string) => void): void {
    const select = this.#part<HTMLSelectElement>("select");
    const predicted = this.#part("h2").textContent;
    const others = classes.filter((name) => name !== predicted);
    select.replaceChildren(new Option("…", ""), ...others.map((name) => new Option(name)));
    select.onchange = () => {
      if (select.value !== "") send(select.value, predicted);
    };
    this.#part(".wrong").hidden = false;
  }

  explain(heat: Pixels): void {
    this.#heat = heat;
    this.#part("button").hidden = false;
  }

  refuse(message: string): void {
    this.#part("canvas").hidden = true;
    this.#part(".classes").hidden = true;
    this.#part("h2").textContent = "This is no photo that can be read";
    this.#part(".file").textContent = `${this.name}: ${message}`;
  }

  /** For the status line, which screen readers read out. */
  inWords({ probabilities, unlike }: Answer, classes: readonly string[]): string {
    const [{ label, probability }] = ranked(classes, probabilities);
    return `${this.name}: ${label}, ${percent(probability)}` +
      (unlike ? ", but perhaps none of these" : "");
  }

  #toggle(): void {
    const button = this.#part("button");
    const isShown = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!isShown));
    this.#draw(isShown ? this.#photo! : this.#heat!);
    const what = isShown ? this.name : `${this.name}: the places that speak for the class glow`;
    this.#part("canvas").setAttribute("aria-label", what);
  }

  #draw({ width, height, data }: Pixels): void {
    const canvas = this.#part<HTMLCanvasElement>("canvas");
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
  }

  #part<T extends HTMLElement = HTMLElement>(selector: string): T {
    return this.element.querySelector<T>(selector)!;
  }
}
