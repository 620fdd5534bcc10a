/** Pictures: as SVG documents (`draw…`, pure) and as PNG files (the others). */
export { batchGrid, type BatchGridOptions, type BatchTile, drawBatchGrid } from "./batch_grid.ts";
export {
  contactSheet,
  drawContactSheet,
  type SheetSection,
  type SheetTile,
} from "./contact_sheet.ts";
export { FONT_FILES } from "./fonts.ts";
export { type Heat, overlayHeat } from "./heat_overlay.ts";
export {
  drawPredictionGrid,
  predictionGrid,
  type PredictionGridOptions,
  type PredictionTile,
} from "./prediction_grid.ts";
export { encodePng } from "./png.ts";
export { rasterise } from "./rasterise.ts";
export type { Picture } from "./svg.ts";
export { drawSweepChart, sweepChart, type SweepChartRow } from "./sweep_chart.ts";
export { drawTitledPhoto, type Prediction, titledPhoto } from "./titled_photo.ts";
export { type Branch, drawTrainingCurves, trainingCurves } from "./training_curves.ts";
