/** Photos in the page: a batch, the mistakes, the doubtful ones, and where the model looked. */
import type { RgbImage } from "../../data/image.ts";
import { overlayHeat } from "../heat_overlay.ts";
import { percent } from "../../data/statistics/percent.ts";
import type { ReportFacts, ShownPhoto } from "../facts.ts";
import { type Html, html } from "./html.ts";
import { encodeJpeg } from "./jpeg.ts";

export async function batch({ batch }: ReportFacts): Promise<Html> {
  const tiles = batch.map(async ({ image, title }) =>
    html`<figure>${await picture(image, `A training photo of class ${title}`)}
      <figcaption>${title}</figcaption></figure>`
  );
  return html`<div class="photos">${await Promise.all(tiles)}</div>`;
}

export async function mistakes({ worst, shown }: ReportFacts): Promise<Html> {
  return html`<section id="mistakes" aria-labelledby="mistakes-title">
    <h2 id="mistakes-title">Its worst mistakes</h2>
    ${
    worst.length === 0 ? html`<p>${shown} made none on the validation photos.</p>` : html`
      <p>The photos that ${shown} got wrong and was surest about. A wrong label, a second thing in the
        picture, or a kind of photo that training lacks often shows here first.</p>
      <div class="photos">${await Promise.all(worst.map(judged))}</div>
    `
  }</section>`;
}

export async function doubts({ leastSure, shown }: ReportFacts): Promise<Html> {
  return html`
    <section id="doubts" aria-labelledby="doubts-title">
      <h2 id="doubts-title">Where it was least sure</h2>
      <p>Right or wrong, ${shown} wavered between two classes here. More photos like these help most.</p>
      <div class="photos">${await Promise.all(leastSure.map(judged))}</div>
    </section>
  `;
}

export async function explained({ explained, shown }: ReportFacts): Promise<Html> {
  const tiles = explained.map(async (photo) =>
    html`<figure class="pair">
      <div>${await picture(photo.image, altOf(photo))}${await picture(
      overlayHeat(photo.image, photo.heat),
      `Heat map of what spoke for ${photo.predicted}`,
    )}</div>
      ${caption(photo)}</figure>`
  );
  return html`
    <section id="looked" aria-labelledby="looked-title">
      <h2 id="looked-title">What it looked at</h2>
      <p>Glowing places spoke for the class that ${shown} named (Grad-CAM). Heat beside the thing
          itself, on the background or on a caption, means that it learned something else than you meant.
          The map is coarse: a place is about a seventh of the picture.</p>
      <div class="pairs">${await Promise.all(tiles)}</div>
    </section>
  `;
}

async function judged(photo: ShownPhoto): Promise<Html> {
  return html`<figure>${await picture(photo.image, altOf(photo))}${caption(photo)}</figure>`;
}

const altOf = ({ path, actual }: ShownPhoto) => `${path}, a photo of class ${actual}`;

function caption({ path, actual, predicted, probability, second }: ShownPhoto): Html {
  const right = actual === predicted;
  return html`<figcaption>
    <span class="${right ? "right" : "wrong"}">${right ? "✓" : "✗"} ${predicted}
      ${percent(probability)}</span><br>
    ${
    right ? undefined : html`
      actually <strong>${actual}</strong>,
    `
  }${
    right || second.label !== actual
      ? html`next ${second.label} ${percent(second.probability)}`
      : html`given ${percent(second.probability)}`
  }<br><span class="path">${path}</span></figcaption>`;
}

export async function picture(image: RgbImage, alt: string): Promise<Html> {
  const { width, height } = image;
  return html`
    <img alt="${alt}" width="${width}" height="${height}"
      src="data:image/jpeg;base64,${(await encodeJpeg(image)).toBase64()}">
  `;
}
