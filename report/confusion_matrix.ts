import { HEADING, heading } from "./heading.ts";
import { percent } from "../data/statistics/percent.ts";
import { COLOUR, MARGIN, SIZE } from "./style.ts";
import { line, type Picture, picture, rect, text } from "./svg.ts";
import { fitText, textWidth } from "./text.ts";

/** Side of a cell; with many classes cells shrink so that the matrix stays as wide. */
const CELL = { least: 10, most: 112, matrix: 640 };
/** Longest name of a class, and least room for the heading. */
const LONGEST = 160;
const NARROWEST = 240;
/** From these sides on a cell holds its count, and the share of its row. */
const HOLDS_COUNT = 26;
const HOLDS_SHARE = 72;

/**
 * Draws how often each class (a row) was taken for each (a column). The shade is the share of the
 * row: green on the diagonal, where predictions are right, orange off it, where few are already
 * worth a look.
 * @param matrix counts, [actual][predicted], in the order of `classes`
 * @throws {RangeError} when the matrix is not classes × classes counts
 */
export function drawConfusionMatrix(
  classes: string[],
  matrix: number[][],
  { title = "Confusion matrix" }: { title?: string } = {},
): Picture {
  check(classes, matrix);
  const count = classes.length;
  const cell = Math.min(CELL.most, Math.max(CELL.least, Math.floor(CELL.matrix / count)));
  const side = cell * count;
  const names = classes.map((name) => fitText(name, SIZE.remark, LONGEST));
  const longest = Math.max(...names.map((name) => textWidth(name, SIZE.remark)));
  const level = longest <= cell - 8;
  const left = MARGIN + Math.ceil(Math.max(longest, textWidth("predicted →", SIZE.label))) + 12;
  const slanted = longest * Math.SQRT1_2;
  const top = MARGIN + HEADING + Math.max(36, level ? 0 : Math.ceil(slanted) + 10);
  const right = left + side + (level ? 0 : Math.max(0, slanted - cell / 2));
  const width = Math.max(right, MARGIN + NARROWEST) + MARGIN;
  // Of names closer than a line, which lies aslant above a column, only some are drawn.
  const everyRow = Math.ceil(15 / cell);
  const everyColumn = level ? 1 : Math.ceil(22 / cell);
  const labels = names.map((name, i) => {
    const middle = (i + 0.5) * cell;
    const beside = text(left - 12, top + middle + 4.5, name, { size: SIZE.remark, anchor: "end" });
    const above = level
      ? text(left + middle, top - 10, name, { size: SIZE.remark, anchor: "middle" })
      : text(left + middle + 4, top - 8, name, { size: SIZE.remark, rotate: -45 });
    return (i % everyRow === 0 ? beside : "") + (i % everyColumn === 0 ? above : "");
  });
  return picture(
    width,
    top + side + MARGIN,
    title,
    heading(width, title, summary(matrix)) +
      text(left - 12, top - 26, "predicted →", { fill: COLOUR.muted, anchor: "end" }) +
      text(left - 12, top - 10, "actual ↓", { fill: COLOUR.muted, anchor: "end" }) +
      rect(left, top, side, side, COLOUR.track) +
      matrix.map((row, i) => drawRow(row, i, left, top + i * cell, cell)).join("") +
      Array.from({ length: count - 1 }, (_, i) => rules(left, top, side, cell, i + 1)).join("") +
      labels.join(""),
  );
}

function drawRow(row: number[], actual: number, left: number, y: number, cell: number): string {
  const total = row.reduce((sum, count) => sum + count, 0);
  return row.map((count, predicted) => {
    const share = total === 0 ? 0 : count / total;
    const x = left + predicted * cell;
    const right = actual === predicted;
    const strength = 0.1 + 0.9 * (right ? share : Math.sqrt(share));
    const fill = strength > 0.8 ? COLOUR.paper : count === 0 ? COLOUR.muted : COLOUR.ink;
    const size = cell >= HOLDS_SHARE ? SIZE.title : SIZE.label;
    const number = String(count);
    const middle = { x: x + cell / 2, y: y + cell / 2 };
    const full = right ? COLOUR.right : COLOUR.wrong;
    return (count === 0 ? "" : rect(x, y, cell, cell, tint(full, strength))) +
      (cell >= HOLDS_COUNT && textWidth(number, size) < cell - 4
        ? text(middle.x, middle.y + (cell >= HOLDS_SHARE ? 2 : 4), number, {
          size,
          weight: count === 0 ? 400 : 600,
          fill,
          anchor: "middle",
        })
        : "") +
      (cell >= HOLDS_SHARE
        ? text(middle.x, middle.y + 22, percent(share), { fill, anchor: "middle" })
        : "");
  }).join("");
}

/** White before row and before column `index`. */
function rules(left: number, top: number, side: number, cell: number, index: number): string {
  const offset = index * cell;
  const width = Math.min(2, cell / 12);
  return line([left + offset, top], [left + offset, top + side], COLOUR.paper, { width }) +
    line([left, top + offset], [left + side, top + offset], COLOUR.paper, { width });
}

/** A colour thinned with the paper's white: strength 0 is white, 1 the colour. */
function tint(colour: string, strength: number): string {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const mixed = channels.map((channel) => Math.round(255 + (channel - 255) * strength));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function summary(matrix: number[][]): string {
  const total = matrix.flat().reduce((sum, count) => sum + count, 0);
  const right = matrix.reduce((sum, row, i) => sum + row[i], 0);
  return total === 0 ? "no photos" : `${right} of ${total} correct, ${percent(right / total)}`;
}

function check(classes: string[], matrix: number[][]): void {
  const square = classes.length > 0 && matrix.length === classes.length &&
    matrix.every((row) => row.length === classes.length);
  if (square && matrix.flat().every((count) => Number.isInteger(count) && count >= 0)) return;
  throw new RangeError(
    `a confusion matrix takes a row of counts a class, a count a class in each; for ` +
      `${classes.length} classes it is ${JSON.stringify(matrix).slice(0, 200)}`,
  );
}
