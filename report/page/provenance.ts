/** Where everything came from: photos, weights, settings. */
import type { DataFacts, ReportFacts } from "../facts.ts";
import { type Html, html } from "./html.ts";
import { batch } from "./photos.ts";
import { wideTable } from "./wide_table.ts";

/** Files named of a finding, and of those that were left out. */
const MOST_FILES = 10;

const PARTS = [
  { part: "train", name: "to train on" },
  { part: "val", name: "to validate" },
  { part: "test", name: "to test" },
] as const;

export async function data(facts: ReportFacts): Promise<Html> {
  const { data, classes } = facts;
  const { counts, smallest, largest, leftOut, exifOrientation } = data;
  const parts = PARTS.flatMap(({ part, name }) => {
    const photos = counts[part];
    return photos ? [{ name, photos }] : [];
  });
  const sum = (photos: Record<string, number>) =>
    Object.values(photos).reduce((total, count) => total + count, 0);
  return html`<section id="data" aria-labelledby="data-title">
    <h2 id="data-title">The photos</h2>
    ${
    wideTable(
      "How many photos of which class",
      html`
        <thead>
          <tr>
            <th scope="col">class</th>
            ${parts.map(({ name }) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>${classes.map((name) =>
          html`
            <tr>
              <th scope="row">${name}</th>
              ${parts.map(({ photos }) => html`<td>${photos[name] ?? 0}</td>`)}
            </tr>
          `
        )}<tr><th scope="row">together</th>${parts.map(({ photos }) =>
          html`<td>${sum(photos)}</td>`
        )}</tr></tbody>
      `,
    )
  }
    <p>The model was taught with the photos to train on alone. Choices went by those to validate${
    counts.test ? "; those to test were asked when all was decided" : ""
  }.</p>
    <p>From ${smallest.width}×${smallest.height} to ${largest.width}×${largest.height} pixels${
    exifOrientation
      ? ", turned upright as their EXIF data say"
      : ", read as torchvision reads them, EXIF orientation left aside"
  }. ${leftOut.length === 0 ? "None was left out." : undefined}</p>
    ${leftOut.length > 0 ? quarantine(leftOut) : undefined}
    ${data.findings.length > 0 ? findings(data.findings) : undefined}
    <h3>A batch to train on</h3>
    <p>What the network is given: each time another part of each photo, mirrored by chance.</p>
    ${await batch(facts)}
    <h3>Where they are from</h3>
    <dl><dt>Source</dt><dd>${data.origin}</dd><dt>Licence</dt><dd>${
    data.licence ?? "not stated"
  }</dd>
      ${
    data.note === undefined ? undefined : html`
      <dt>Note</dt>
      <dd>${data.note}</dd>
    `
  }
      <dt>SHA-256</dt><dd><code>${data.sha256}</code></dd></dl>
  </section>`;
}

function quarantine(leftOut: DataFacts["leftOut"]): Html {
  return html`<details><summary>${leftOut.length} ${
    leftOut.length === 1 ? "file was" : "files were"
  } left out</summary>${
    fileList(
      leftOut.map(({ path, reason }) => html`<span class="path">${path}</span>: ${reason}`),
      "quarantine.json",
    )
  }</details>`;
}

/** What the data doctor said, each finding with its files under it. */
function findings(found: DataFacts["findings"]): Html {
  return html`<h3>What the data doctor found</h3>${
    found.map(({ severity, title, remedy, files }) =>
      html`<details><summary><span class="${severity}">${severity}</span> ${title}</summary>
        <p>${remedy}</p>${
        fileList(files.map((file) => html`<span class="path">${file}</span>`), "findings.json")
      }</details>`
    )
  }`;
}

/** The first of many. */
function fileList(items: Html[], all: string): Html | undefined {
  if (items.length === 0) return undefined;
  const more = items.length - MOST_FILES;
  return html`<ul>${items.slice(0, MOST_FILES).map((item) => html`<li>${item}</li>`)}</ul>${
    more > 0 ? html`<p>and ${more} more, in <code>${all}</code></p>` : undefined
  }`;
}

export function model({ model, settings }: ReportFacts): Html {
  const { pretrained } = model;
  return html`
    <section id="made" aria-labelledby="made-title">
      <h2 id="made-title">How it was made</h2>
      ${wideTable(
        "Settings",
        html`
          <tbody>${settings.map(([name, value]) =>
            html`
              <tr>
                <th scope="row">${name}</th>
                <td>${value}</td>
              </tr>
            `
          )}</tbody>
        `,
      )}
      <h3>The pretrained weights</h3>
      <dl><dt>Network</dt><dd>${model.architecture}</dd><dt>From</dt><dd>${pretrained.origin}</dd>
          <dt>Licence</dt><dd>${pretrained.licence}</dd>
          ${pretrained.note === undefined ? undefined : html`
            <dt>Note</dt>
            <dd>${pretrained.note}</dd>
          `}
          <dt>SHA-256</dt><dd><code>${pretrained.sha256}</code></dd></dl>
    </section>
  `;
}
