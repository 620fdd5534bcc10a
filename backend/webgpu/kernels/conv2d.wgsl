// A convolution over NHWC, as an implicit matrix product:
//   y[n, oh, ow, co] = Σ x[n, ih, iw, ci] · w[kh, kw, ci, co],  ih·UP_H = oh·S_H + kh - P_H (iw alike).
// Forward, UP is 1. The gradient of the input is the same sum over dy with S = 1 and UP the stride;
// its filter is read transposed and turned by 180° (TRANSPOSED), straight from the forward one.
//
// A thread computes TM pixels of a row, UP_W apart so that all meet the same taps, by TN vectors of
// channels, in registers.
@group(0) @binding(0) var<storage, read> w: array<{{TRANSPOSED ? X : Y}}>;
@group(0) @binding(1) var<storage, read_write> y: array<{{Y}}>;
#if BIAS
@group(0) @binding(2) var<storage, read> bias: array<{{Y}}>;
#end

#let ROW_TILES UP_W * Math.ceil(Math.ceil(OW / UP_W) / TM)
@compute @workgroup_size({{WX}}, {{WY}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let co = i32(group.x) * {{WX * TN}} + i32(local.x);
  let tile = i32(group.y) * {{WY}} + i32(local.y);
  let n = i32(group.z);
#if WY > 1 || CO % (WX * TN)
  if (tile >= {{OH * ROW_TILES}} || co >= {{CO}}) { return; }
#end
  let oh = tile / {{ROW_TILES}};
  let row_tile = tile % {{ROW_TILES}};
#if UP_W > 1
  let ow = row_tile / {{UP_W}} * {{TM * UP_W}} + row_tile % {{UP_W}};
#else
  let ow = row_tile * {{TM}};
#end
  // The first tap whose pixel exists.
  let first_kh = {{UP_H > 1 ? `(${(P_H % UP_H + UP_H) % UP_H + UP_H} - oh % ${UP_H}) % ${UP_H}` : 0}};
  let first_kw = {{UP_W > 1 ? `(${(P_W % UP_W + UP_W) % UP_W + UP_W} - ow % ${UP_W}) % ${UP_W}` : 0}};
#for i TM
#for j TN
  var sum{{i}}_{{j}} = {{Y}}();
#end
#end
  for (var kh = first_kh; kh < {{KH}}; kh += {{UP_H}}) {
    let ih = (oh * {{S_H}} + kh - ({{P_H}})) / {{UP_H}};
    if (oh * {{S_H}} + kh < {{P_H}} || ih >= {{H}}) { continue; }
    for (var kw = first_kw; kw < {{KW}}; kw += {{UP_W}}) {
      let iw = (ow * {{S_W}} + kw - ({{P_W}})) / {{UP_W}};
      let row = (n * {{H}} + ih) * {{W}};
#for i TM
#if INSIDE
      let p{{i}} = (row + iw + {{i * S_W}}) * {{CI}};
#else
      let inside{{i}} = iw + {{i * S_W}} >= 0 && iw + {{i * S_W}} < {{W}};
      let p{{i}} = (row + clamp(iw + {{i * S_W}}, 0, {{W - 1}})) * {{CI}};
#end
#end
#if TRANSPOSED
      let tap = ({{KH * KW - 1}} - kh * {{KW}} - kw) * {{CO * VO * CI}};
#for j TN
      let w{{j}} = tap + min(co + {{j * WX}}, {{CO - 1}}) * {{VO * CI}};
#end
#else
      let tap = (kh * {{KW}} + kw) * {{CI * VI * CO}};
#for j TN
      let w{{j}} = tap + min(co + {{j * WX}}, {{CO - 1}});
#end
#end
      for (var ci = 0; ci < {{CI}}; ci++) {
        let channel = x_channel(ci);
#for i TM
#if INSIDE
        let x{{i}} = x_at(p{{i}} + ci, channel);
#else
        let x{{i}} = select({{X}}(), x_at(p{{i}} + ci, channel), inside{{i}});
#end
#end
#if TRANSPOSED
#for j TN
#for e VO
        let w{{j}}_{{e}} = w[w{{j}} + {{e * CI}} + ci];
#end
#for c VI
#let OF VI > 1 ? "." + "xyzw"[c] : ""
#for i TM
        sum{{i}}_{{j}} = fma({{Y}}(x{{i}}{{OF}}), {{Y}}({{Array.from({ length: VO }, (_, e) => `w${j}_${e}${OF}`).join(", ")}}), sum{{i}}_{{j}});
#end
#end
#end
#else
#for e VI
#for j TN
        let w{{j}}_{{e}} = w[w{{j}} + (ci * {{VI}} + {{e}}) * {{CO}}];
#end
#for i TM
#for j TN
        sum{{i}}_{{j}} = fma({{Y}}(x{{i}}{{VI > 1 ? "." + "xyzw"[e] : ""}}), w{{j}}_{{e}}, sum{{i}}_{{j}});
#end
#end
#end
#end
      }
    }
  }
  let out = ((n * {{OH}} + oh) * {{OW}} + ow) * {{CO}} + co;
#for j TN
  if (co + {{j * WX}} < {{CO}}) {
#for i TM
    if (ow + {{i * UP_W}} < {{OW}}) { y[out + {{i * UP_W * CO + j * WX}}] = sum{{i}}_{{j}}{{BIAS ? ` + bias[co + ${j * WX}]` : ""}}; }
#end
  }
#end
}
