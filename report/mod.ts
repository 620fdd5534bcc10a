/** Pictures: as SVG documents (`draw…`, pure) and as PNG files (the others). */
export { type BatchGridOptions, type BatchTile, drawBatchGrid } from "./batch_grid.ts";
export { drawContactSheet, type SheetSection, type SheetTile } from "./contact_sheet.ts";
export { drawConfusionMatrix } from "./confusion_matrix.ts";
export { FONT_FILES } from "./fonts.ts";
export { type Heat, overlayHeat } from "./heat_overlay.ts";
export type { Branch, EpochRecord, EpochScore, History } from "./history.ts";
export {
  drawPredictionGrid,
  type PredictionGridOptions,
  type PredictionTile,
} from "./prediction_grid.ts";
export { encodePng } from "./png.ts";
export { rasterise } from "./rasterise.ts";
export {
  batchGrid,
  confusionMatrix,
  contactSheet,
  predictionGrid,
  sweepChart,
  titledPhoto,
  trainingCurves,
} from "./render.ts";
export type { Picture } from "./svg.ts";
export { drawSweepChart, type SweepChartRow } from "./sweep_chart.ts";
export { drawTitledPhoto, type Prediction } from "./titled_photo.ts";
export { drawTrainingCurves } from "./training_curves.ts";
