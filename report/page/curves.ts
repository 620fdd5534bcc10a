import * as Plot from "@observablehq/plot";
import { isDrawable } from "../axis.ts";
import { percent } from "../../data/statistics/percent.ts";
import { short } from "../number.ts";
import { chart, colourOf } from "./chart.ts";
import { BRANCHES, type BranchFacts, type BranchName, type EpochFacts } from "./facts.ts";
import { type Html, html } from "./html.ts";

interface Point {
  branch: BranchName;
  split: "train" | "val";
  /** Counted from 1. */
  epoch: number;
  value: number;
  kept: boolean;
}

/** Loss and accuracy over the epochs, a colour a branch, training dashed. */
export function curves(branches: Record<BranchName, BranchFacts>): Html {
  return html`
    <p class="legend">
      ${BRANCHES.map((name) => html`<span><span class="swatch ${name}"></span>${name}</span>`)}
      <span><span class="line"></span>validation</span>
      <span><span class="line dashed"></span>training</span>
      <span><span class="ring"></span>the epoch that was kept</span></p>
    <div class="charts">
      <figure>${panel(branches, "loss")}<figcaption>Loss: lower is better.</figcaption></figure>
      <figure>${panel(branches, "accuracy")}<figcaption>Accuracy: higher is better. Training
        photos are cropped and flipped at random, which makes them harder.</figcaption></figure>
    </div>
    <details><summary>The curves as a table</summary>${table(branches)}</details>
  `;
}

function panel(branches: Record<BranchName, BranchFacts>, quantity: "loss" | "accuracy"): Html {
  const points = pointsOf(branches, quantity);
  const of = (split: string) => points.filter((point) => point.split === split);
  const position = {
    x: "epoch",
    y: "value",
    stroke: ({ branch }: Point) => colourOf(branch),
    z: "branch",
  };
  const epochs = [...new Set(points.map(({ epoch }) => epoch))];
  const label = `${quantity} over the epochs: ` + BRANCHES.map((name) => {
    const values = points.filter(({ branch, split }) => branch === name && split === "val");
    const [first, last] = [values.at(0)?.value, values.at(-1)?.value];
    return `${name}, on the validation photos, from ${say(first)} to ${say(last)}`;
  }).join("; ");
  return chart(label, {
    height: 240,
    marginBottom: 44,
    marginRight: 12,
    x: {
      ticks: epochs.length <= 8 ? epochs : undefined,
      tickFormat: "d",
      label: "epoch",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
    },
    y: {
      grid: true,
      label: null,
      tickSize: 0,
      ...(quantity === "accuracy" ? { tickFormat: "%", nice: true } : { zero: true, nice: true }),
    },
    marks: [
      Plot.line(of("train"), { ...position, strokeWidth: 1.5, strokeDasharray: "5 4" }),
      Plot.line(of("val"), { ...position, strokeWidth: 2.5 }),
      Plot.dot(of("val"), {
        ...position,
        r: 2.5,
        fill: ({ branch }: Point) => colourOf(branch),
      }),
      Plot.dot(points.filter(({ kept }) => kept), { ...position, r: 6, strokeWidth: 2 }),
    ],
  });

  function say(value: number | undefined): string {
    if (value === undefined) return "nothing";
    return quantity === "accuracy" ? percent(value) : short(value);
  }
}

function pointsOf(
  branches: Record<BranchName, BranchFacts>,
  quantity: "loss" | "accuracy",
): Point[] {
  return BRANCHES.flatMap((branch) => {
    const { epochs, best } = branches[branch].curves;
    return epochs.flatMap((record) =>
      (["train", "val"] as const).map((split) => ({
        branch,
        split,
        epoch: record.epoch + 1,
        value: record[split][quantity] ?? NaN,
        kept: split === "val" && record.epoch === best.epoch,
      }))
    );
  }).filter(({ value }) => isDrawable(value));
}

function table(branches: Record<BranchName, BranchFacts>): Html {
  const cells = ({ loss, accuracy }: EpochFacts) =>
    html`
      <td>${loss === null ? "–" : loss.toFixed(4)}</td>
      <td>${percent(accuracy ?? NaN)}</td>
    `;
  const rows = BRANCHES.flatMap((name) =>
    branches[name].curves.epochs.map(({ epoch, lr, train, val }) =>
      html`<tr><th scope="row">${name}, epoch ${epoch + 1}</th><td>${short(lr)}</td>
        ${cells(train)}${cells(val)}</tr>`
    )
  );
  return html`
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col">epoch</th>
            <th scope="col">learning rate</th>
            <th scope="col">training loss</th>
            <th scope="col">accuracy</th>
            <th scope="col">validation loss</th>
            <th scope="col">accuracy</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}
