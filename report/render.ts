import type { RgbImage } from "../data/image.ts";
import { type BatchGridOptions, type BatchTile, drawBatchGrid } from "./batch_grid.ts";
import { drawConfusionMatrix } from "./confusion_matrix.ts";
import { drawContactSheet, type SheetSection } from "./contact_sheet.ts";
import {
  drawPredictionGrid,
  type PredictionGridOptions,
  type PredictionTile,
} from "./prediction_grid.ts";
import type { Branch } from "./history.ts";
import { rasterise } from "./rasterise.ts";
import { drawSweepChart, type SweepChartRow } from "./sweep_chart.ts";
import { drawTitledPhoto, type Prediction } from "./titled_photo.ts";
import { drawTrainingCurves } from "./training_curves.ts";

/** A PNG file's bytes. */
type Png = Uint8Array<ArrayBuffer>;

/** `drawBatchGrid` as PNG. */
export async function batchGrid(tiles: BatchTile[], options?: BatchGridOptions): Promise<Png> {
  return await rasterise(drawBatchGrid(tiles, options));
}

/** `drawPredictionGrid` as PNG. */
export async function predictionGrid(
  tiles: PredictionTile[],
  options: PredictionGridOptions,
): Promise<Png> {
  return await rasterise(drawPredictionGrid(tiles, options));
}

/** `drawTitledPhoto` as PNG. */
export async function titledPhoto(image: RgbImage, prediction: Prediction): Promise<Png> {
  return await rasterise(drawTitledPhoto(image, prediction));
}

/** `drawTrainingCurves` as PNG. */
export async function trainingCurves(runs: { branches: Branch[] }): Promise<Png> {
  return await rasterise(drawTrainingCurves(runs));
}

/** `drawSweepChart` as PNG. */
export async function sweepChart(table: { rows: SweepChartRow[] }): Promise<Png> {
  return await rasterise(drawSweepChart(table));
}

/** `drawConfusionMatrix` as PNG. */
export async function confusionMatrix(
  classes: string[],
  matrix: number[][],
  options?: { title?: string },
): Promise<Png> {
  return await rasterise(drawConfusionMatrix(classes, matrix, options));
}

/** `drawContactSheet` as PNG. */
export async function contactSheet(
  sections: readonly SheetSection[],
  heading: { title: string; remark: string },
): Promise<Png> {
  return await rasterise(drawContactSheet(sections, heading));
}
