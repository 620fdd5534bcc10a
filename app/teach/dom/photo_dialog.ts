/** One photo, large, with what can be done about it. */
import type { TaughtClass, TaughtPhoto } from "../messages.ts";

export class PhotoDialog {
  readonly #dialog = document.getElementById("photo") as HTMLDialogElement;
  #photo: TaughtPhoto | undefined;

  constructor(
    private readonly actions: {
      move(photo: TaughtPhoto, classId: string): void;
      remove(photo: TaughtPhoto): void;
    },
  ) {
    const close = () => this.#dialog.close();
    this.#part("button.close").onclick = close;
    this.#part("button.remove").onclick = () => {
      if (this.#photo) actions.remove(this.#photo);
      close();
    };
    this.#part("select").onchange = () => {
      const { value } = this.#part<HTMLSelectElement>("select");
      if (this.#photo) this.actions.move(this.#photo, value);
      close();
    };
    this.#dialog.onclose = () => {
      const image = this.#part<HTMLImageElement>("img");
      if (image.src.startsWith("blob:")) URL.revokeObjectURL(image.src);
      image.removeAttribute("src");
      this.#photo = undefined;
    };
  }

  /** The small picture is shown until the photo is there, and where the browser cannot show that. */
  open(photo: TaughtPhoto, classes: readonly TaughtClass[]): void {
    this.#photo = photo;
    const select = this.#part<HTMLSelectElement>("select");
    select.replaceChildren(
      ...classes.map(({ id, name }) => new Option(name, id, false, id === photo.classId)),
    );
    this.#part("#photo-name").textContent = photo.file;
    const image = this.#part<HTMLImageElement>("img");
    image.alt = photo.file;
    image.src = URL.createObjectURL(photo.thumb!);
    this.#dialog.showModal();
  }

  show(id: string, file: Blob): void {
    if (this.#photo?.id !== id) return;
    const url = URL.createObjectURL(file);
    const whole = new Image();
    whole.onload = () => {
      if (this.#photo?.id !== id) return URL.revokeObjectURL(url);
      const image = this.#part<HTMLImageElement>("img");
      URL.revokeObjectURL(image.src);
      image.src = url;
    };
    whole.onerror = () => URL.revokeObjectURL(url);
    whole.src = url;
  }

  #part<T extends HTMLElement = HTMLElement>(selector: string): T {
    return this.#dialog.querySelector<T>(selector)!;
  }
}
