/** How a convolution's windows lie, as the constants of its kernels: all three families have the same. */
import type { ConvInfo } from "../window.ts";

/**
 * y[oh, ow] is a sum over taps of x[ih, iw] with ih·UP_H = oh·S_H + kh - P_H (iw alike). UP is 1 but
 * in the gradient of a strided convolution's input, which spreads dy out.
 */
export interface Geometry {
  H: number;
  W: number;
  OH: number;
  OW: number;
  KH: number;
  KW: number;
  S_H: number;
  S_W: number;
  UP_H: number;
  UP_W: number;
  P_H: number;
  P_W: number;
}

/** Of the convolution, and of its filter's gradient. */
export function geometryOf(info: ConvInfo): Geometry {
  return {
    H: info.inHeight,
    W: info.inWidth,
    OH: info.outHeight,
    OW: info.outWidth,
    KH: info.filterHeight,
    KW: info.filterWidth,
    S_H: info.strideHeight,
    S_W: info.strideWidth,
    UP_H: 1,
    UP_W: 1,
    P_H: info.padInfo.top,
    P_W: info.padInfo.left,
  };
}

/** Of its input's gradient: a convolution of dy by the filter turned by 180°. */
export function inputGradientGeometry(info: ConvInfo): Geometry {
  const { H, W, OH, OW, KH, KW, S_H, S_W, P_H, P_W } = geometryOf(info);
  return {
    H: OH,
    W: OW,
    OH: H,
    OW: W,
    KH,
    KW,
    S_H: 1,
    S_W: 1,
    UP_H: S_H,
    UP_W: S_W,
    P_H: KH - 1 - P_H,
    P_W: KW - 1 - P_W,
  };
}
