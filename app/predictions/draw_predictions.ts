import type { RgbImage } from "../../data/image.ts";
import { overlayHeat } from "../../report/heat_overlay.ts";
import { predictionGrid } from "../../report/prediction_grid.ts";
import { printable } from "../../report/text.ts";
import type { ModelSource } from "../../inference/open_model.ts";
import { withheldLabel } from "./format_predictions.ts";
import type { Prediction } from "../../inference/predict_photos.ts";

/** As many photos as a picture shows. */
const MOST = 60;

interface Shown {
  prediction: Prediction;
  /** As the model saw it, [size, size, 3]. */
  crop: Uint8Array;
  picture?: RgbImage;
}

/** Keeps what pictures of predictions show, and draws them. */
export class PredictionPictures {
  readonly #shown: Shown[] = [];
  #count = 0;

  add(shown: Shown): void {
    this.#count++;
    if (this.#shown.length < MOST) this.#shown.push(shown);
  }

  /** The photos with their labels; those that were added with a picture. */
  async drawGrid(path: string): Promise<void> {
    await this.#draw(path, "Predictions", this.#shown.map(({ picture }) => picture!));
  }

  /** The crops with what speaks for each label. */
  async drawExplained(
    path: string,
    source: ModelSource,
    { backend, threads }: { backend: "webgpu" | "wasm"; threads?: number },
  ): Promise<void> {
    // Without pictures, what computes may be in other processes alone.
    const [{ activateBackend }, { openModel }, { explainPhotos }] = await Promise.all([
      import("../../backend/activate.ts"),
      import("../../inference/open_model.ts"),
      import("../../inference/explain_photos.ts"),
    ]);
    await activateBackend(backend, { threads });
    const model = await openModel(source);
    const { preprocessing } = source.manifest;
    const crops = this.#shown.map(({ crop }) => crop);
    const heats = await explainPhotos(model, preprocessing, crops);
    model.dispose();
    const { size } = preprocessing;
    const images = crops.map((data, i) =>
      overlayHeat({ width: size, height: size, data }, heats[i])
    );
    await this.#draw(path, "What speaks for each prediction (Grad-CAM)", images);
  }

  async #draw(path: string, title: string, images: RgbImage[]): Promise<void> {
    if (images.length === 0) {
      console.error(`${printable(path)} was not drawn: there is no photo to show`);
      return;
    }
    const tiles = images.map((image, i) => {
      const { prediction } = this.#shown[i];
      const { label, probability, path } = prediction;
      return {
        image,
        predicted: label,
        probability,
        withheld: withheldLabel(prediction),
        path,
      };
    });
    await Deno.writeFile(path, await predictionGrid(tiles, { title, columns: 3 }));
    const part = this.#count > tiles.length
      ? `, the first ${tiles.length} of ${this.#count} photos`
      : "";
    console.error(`drew ${printable(path)}${part}`);
  }
}
