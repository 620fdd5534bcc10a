/**
 * What vision transformers have in common.
 * Dosovitskiy et al. 2020, "An Image is Worth 16x16 Words", https://arxiv.org/abs/2010.11929.
 */
import type { Layers } from "./layers.ts";

/** Of every layer norm in them, where torch's default is 1e-5. */
export const EPSILON = 1e-6;

/** A block's parts as a state dict names them. */
export interface BlockNames {
  norms: readonly [string, string];
  /** The product that gives queries, keys and values, and what joins it to `weight`. */
  qkv: readonly [name: string, joint: "." | "_"];
  projection: string;
  mlp: readonly [string, string];
  /** Of LayerScale, where there is one. */
  scales?: readonly [string, string];
}

/** As timm and the projects that follow it name them. */
export const TIMM_NAMES: BlockNames = {
  norms: ["norm1", "norm2"],
  qkv: ["attn.qkv", "."],
  projection: "attn.proj",
  mlp: ["mlp.fc1", "mlp.fc2"],
};

/**
 * Attention, then two linear layers, each behind a layer norm and beside a shortcut.
 * @param ahead tokens before those of the photo's grid
 */
export function transformerBlock<T>(
  layers: Layers<T>,
  x: T,
  prefix: string,
  names: BlockNames,
  { channels, heads, ahead }: { channels: number; heads: number; ahead: number },
): T {
  const name = (part: string) => `${prefix}.${part}`;
  const scaled = (h: T, i: 0 | 1) => names.scales ? layers.scale(name(names.scales[i]), h) : h;
  const [qkv, joint] = names.qkv;

  let h = layers.places(layers.layerNorm(name(names.norms[0]), x, EPSILON), ahead);
  h = layers.attention(layers.linear(name(qkv), h, 3 * channels, { joint }), heads);
  h = layers.linear(name(names.projection), h, channels);
  x = layers.shortcut(scaled(h, 0), x);

  h = layers.layerNorm(name(names.norms[1]), x, EPSILON);
  h = layers.gelu(layers.linear(name(names.mlp[0]), h, 4 * channels));
  h = layers.linear(name(names.mlp[1]), h, channels);
  return layers.shortcut(scaled(h, 1), x);
}
