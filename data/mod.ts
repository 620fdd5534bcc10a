export * from "./build_dataset.ts";
export * from "./batch.ts";
export * from "./crop.ts";
export * from "./crop_photo.ts";
export { CropProcesses } from "./crop_processes.ts";
export * from "./dataset.ts";
export {
  type DatasetIndex,
  type Photo,
  type Quarantined,
  type Split,
  SPLITS,
} from "./dataset_index.ts";
export * from "./decode.ts";
export { decodeInOrder, type Examination, type Refusal } from "./decode_in_order.ts";
export * from "./encoding.ts";
export * from "./examined.ts";
export * from "./fingerprint.ts";
export * from "./image.ts";
export * from "./image_folder.ts";
export * from "./loader.ts";
export * from "./map_in_order.ts";
export * from "./near_duplicates.ts";
export * from "./preprocess.ts";
export * from "./resize.ts";
export * from "./torch_init.ts";
export * from "./torch_random.ts";
export * from "./transforms.ts";
export * from "./statistics/percent.ts";
export * from "./statistics/wilson_interval.ts";
