/** What squeeze-and-excitation does to the pixels of each channel of each image. */
import { address, gradientStatistics, i32, type KernelSpec, source } from "./field.ts";

export const scaleChannels: KernelSpec = {
  file: "channel_scale",
  fields: {
    x: source(),
    scale: address("[batch, channels]"),
    shift: address("[batch, channels], or 0: none."),
    out: address("x·scale + shift"),
    pixels: i32("Of an image."),
    channels: i32(),
    rowsPerChunk: i32(),
    chunksPerImage: i32(),
    statistics: gradientStatistics(),
  },
};

export const channelDots: KernelSpec = {
  file: "channel_scale",
  fields: {
    x: source(),
    dy: source("Its values at 0: Σ x alone is wanted."),
    out: address("Where x is written, being lazy and read again later; or 0."),
    parts: address("Σ dy·x over each chunk's pixels: [chunksPerImage][batch][channels]"),
    batch: i32(),
    pixels: i32(),
    channels: i32(),
    rowsPerChunk: i32(),
    chunksPerImage: i32(),
  },
};

export const sumImageDots: KernelSpec = {
  file: "channel_scale",
  fields: {
    parts: address("As `pointwiseGradients` leaves them."),
    out: address("[images, channels], a chunk each."),
    rowsPerChunk: i32("Of those that left the parts."),
    imagesPerChunk: i32(),
    pixels: i32("Of an image."),
    channels: i32(),
  },
};
