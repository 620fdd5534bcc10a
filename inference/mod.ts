/** Trained models that answer, and how their answers are to be read. */
export * from "./calibration.ts";
export * from "./grad_cam.ts";
export * from "./out_of_distribution.ts";
export * from "./predict_dataset.ts";
