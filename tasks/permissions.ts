/** What steps may do beyond their inputs and outputs, no more than each needs. */
import { concealAddress } from "../data/download/public_url.ts";
import { JOURNAL, REVIEW_FOLDER } from "../data/review/journal.ts";
import { sourceNeeds } from "../data/sources/needs.ts";
import { parseSource } from "../data/sources/spec.ts";
import { ARCHITECTURES } from "../models/registry.ts";
import { FONT_FILES } from "../report/fonts.ts";
import { pretrainedNeeds } from "../weights/pretrained_needs.ts";
import type {
  ComputeParameters,
  ConvertWeightsParameters,
  DownloadDataParameters,
} from "./parameters.ts";

/** The mirror holds files that are pinned by hash, so that no result depends on it. */
const MIRROR = "GRAFT_MIRROR";

/** A folder to look at first for files that would be downloaded. */
export function mirrorFolder(): string[] {
  const mirror = Deno.env.get(MIRROR);
  return mirror ? [mirror] : [];
}

/** For a step that fetches photos. */
export const downloading = {
  /** An address may have a password in it, or the signature of whoever lets one in. */
  conceal: (parameters: DownloadDataParameters) => {
    const { text, secrets } = concealAddress(parameters.data);
    return { parameters: { ...parameters, data: text }, secrets };
  },
  /** The user's own photos: their content is part of the key. */
  externals: ({ data }: DownloadDataParameters) => {
    const source = parseSource(data);
    return "path" in source ? [source.path] : [];
  },
  // What was decided is among the parameters, with the digests of the photos that are added.
  externalsWithout: [JOURNAL, REVIEW_FOLDER],
  permissions: ({ data, downloads }: DownloadDataParameters) => {
    const { read, net, run } = sourceNeeds(parseSource(data), Deno.env.get(MIRROR));
    return { read: [...read, downloads], write: [downloads], net, run };
  },
  // What `auto` finds does depend on where there is to look.
  environment: ({ data }: DownloadDataParameters) => data === "auto" ? [MIRROR] : [],
  passEnvironment: ({ data }: DownloadDataParameters) => [
    ...(data === "auto" ? [] : [MIRROR]),
    ...sourceNeeds(parseSource(data)).environment,
  ],
};

/** For a step that fetches pretrained weights. */
export const fetchingWeights = {
  externals: ({ weights }: ConvertWeightsParameters) => weights ? [weights] : [],
  permissions: ({ model, weights, downloads }: ConvertWeightsParameters) => {
    if (weights) return {};
    const { net, run } = pretrainedNeeds(model, ARCHITECTURES);
    return { read: [...mirrorFolder(), downloads], write: [downloads], net, run };
  },
  environment: ({ model, weights }: ConvertWeightsParameters) =>
    model === "auto" && !weights ? [MIRROR] : [],
  passEnvironment: ({ model, weights }: ConvertWeightsParameters) => [
    ...(model === "auto" && !weights ? [] : [MIRROR]),
    ...(weights ? [] : pretrainedNeeds(model, ARCHITECTURES).environment),
  ],
};

const DECODE_PROCESS = new URL("../data/decode_process.ts", import.meta.url);

/** For a step that shows photos that nobody has decoded yet, beside decoding. */
const CROP_PROCESS = new URL("../data/crop_process.ts", import.meta.url);

/** How many earlier data sets are looked into for pixels: those of a few folders in turn. */
const EARLIER = 4;

/** For a step that decodes photos: these may be of strangers, and each is decoded once. */
export const decoding = {
  helpers: { decode: DECODE_PROCESS },
  itemCache: { photos: DECODE_PROCESS },
  earlier: EARLIER,
};

/** For a step that also draws what was found in them. */
export const packing = { ...decoding, helpers: { ...decoding.helpers, crop: CROP_PROCESS } };

/** For a step that draws: the fonts are read, from the packages that bring them. */
export const drawing = {
  permissions: () => ({ read: FONT_FILES }),
};

/** For a step that computes: what the WebGPU backend found quickest is kept. */
export const computing = {
  permissions: ({ tuning }: ComputeParameters) => {
    const kept = tuning ? [tuning] : [];
    return { read: kept, write: kept };
  },
};

/** For a step that computes, and draws what it computed. */
export const computingAndDrawing = {
  permissions: (parameters: ComputeParameters) => {
    const { read, write } = computing.permissions(parameters);
    return { read: [...FONT_FILES, ...read], write };
  },
};
