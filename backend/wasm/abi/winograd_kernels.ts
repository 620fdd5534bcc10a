/** 3×3 convolutions by Winograd's algorithm. */
import { address, epilogue, type Fields, flag, i32, type KernelSpec } from "./field.ts";

const filterFields: Fields = {
  filter: address("[3][3][channels][outChannels]"),
  transformed: address(
    "36 packed matrices, or (for the gradient) the products of all positions.",
  ),
  channels: i32(),
  outChannels: i32(),
  wide: flag(),
};

export const winograd: KernelSpec = {
  file: "winograd",
  fields: {
    source: address(),
    packed: address("The filter in the transformed domain: 36 packed matrices."),
    out: address(),
    height: i32(),
    width: i32(),
    channels: i32(),
    outHeight: i32(),
    outWidth: i32(),
    outChannels: i32(),
    padTop: i32(),
    padLeft: i32(),
    tileRows: i32("Rows of tiles a chunk."),
    columns: i32("Output channels a chunk, a multiple of 16, or all."),
    statistics: address(),
    wide: flag(),
    epilogue: epilogue(),
  },
};

export const winogradFilter: KernelSpec = { file: "winograd_filter", fields: filterFields };

export const winogradTransposedFilter: KernelSpec = {
  file: "winograd_filter",
  fields: filterFields,
};

export const winogradTransform: KernelSpec = {
  file: "winograd_positions",
  fields: {
    source: address(),
    gradient: address("The output's gradient, or 0."),
    inputs: address("[36][tiles][inputPitch]"),
    inputPlane: i32("Floats from a position to the next, as of all planes."),
    gradients: address("[36][tiles][outChannels]"),
    gradientPlane: i32(),
    inputPitch: i32(
      "Floats: channels and a gap, so that a column does not fall into few sets of the cache.",
    ),
    firstTile: i32("Of all images' tiles, the first that is transformed here."),
    tiles: i32("That are."),
    tilesPerChunk: i32(),
    height: i32(),
    width: i32(),
    channels: i32(),
    outHeight: i32(),
    outWidth: i32(),
    outChannels: i32(),
    padTop: i32(),
    padLeft: i32(),
  },
};

export const winogradProduct: KernelSpec = {
  file: "winograd_positions",
  fields: {
    inputs: address("[36][tiles][inputPitch]"),
    inputPitch: i32(),
    packed: address(),
    products: address("[36][tiles][outChannels]"),
    tiles: i32(),
    channels: i32(),
    outChannels: i32(),
    columns: i32("Output channels a chunk."),
    wide: flag(),
  },
};

export const winogradOutput: KernelSpec = {
  file: "winograd_positions",
  fields: {
    products: address(),
    out: address(),
    batch: i32(),
    outHeight: i32(),
    outWidth: i32(),
    outChannels: i32(),
    statistics: address(),
    epilogue: epilogue(),
  },
};

export const winogradPosition: KernelSpec = {
  file: "winograd_positions",
  fields: {
    inputs: address(),
    inputPlane: i32(),
    gradients: address(),
    gradientPlane: i32(),
    inputPitch: i32(),
    products: address("[36][channels][outChannels]"),
    productPlane: i32(),
    tiles: i32(),
    channels: i32(),
    outChannels: i32(),
    blockTiles: i32(),
    channelsPerChunk: i32("Input channels a chunk."),
    adds: flag("To the products of other tiles."),
    wide: flag(),
  },
};

export const winogradFilterGradient: KernelSpec = {
  file: "winograd_filter",
  fields: { ...filterFields, plane: i32("Floats from the products of a position to the next.") },
};
