// A depthwise convolution over NHWC with one filter a channel:
//   y[n, oh, ow, c] = Σ x[n, ih, iw, c] · w[kh, kw, c],  ih·UP_H = oh·S_H + kh - P_H (iw alike).
// Forward, UP is 1. The gradient of the input is the same sum over dy with S = 1, UP the stride and
// the filter turned by 180° (TURNED). A thread computes TM pixels of a row, TM a multiple of UP_W,
// so that each loaded pixel serves all taps of its row.
@group(0) @binding(0) var<storage, read> w: array<{{T}}>;
@group(0) @binding(1) var<storage, read_write> y: array<{{T}}>;

#let ROW_TILES Math.ceil(OW / TM)
#let LEFT Math.floor(-P_W / UP_W)
#let RIGHT Math.floor(((TM - 1) * S_W + KW - 1 - P_W) / UP_W)
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let id = i32(group.x) * 64 + i32(local.x);
  let n = i32(group.y);
  if (id >= {{OH * ROW_TILES * C}}) { return; }
  let c = id % {{C}};
  let tile = id / {{C}};
  let oh = tile / {{ROW_TILES}};
  let ow = tile % {{ROW_TILES}} * {{TM}};
  let iw = ow * {{S_W}} / {{UP_W}};
  let channel = x_channel(c);
#for i TM
  var sum{{i}} = {{T}}();
#end
  let first_kh = {{UP_H > 1 ? `(${(P_H % UP_H + UP_H) % UP_H + UP_H} - oh % ${UP_H}) % ${UP_H}` : 0}};
  for (var kh = first_kh; kh < {{KH}}; kh += {{UP_H}}) {
    let ih = (oh * {{S_H}} + kh - ({{P_H}})) / {{UP_H}};
    if (oh * {{S_H}} + kh < {{P_H}} || ih >= {{H}}) { continue; }
    let row = (n * {{H}} + ih) * {{W}};
    let taps = {{TURNED ? `(${KH - 1} - kh)` : "kh"}} * {{KW * C}} + c;
#for k KW
    let w{{k}} = w[taps + {{(TURNED ? KW - 1 - k : k) * C}}];
#end
#for j RIGHT - LEFT + 1
    let x{{j}} = select({{T}}(), x_at((row + clamp(iw + {{j + LEFT}}, 0, {{W - 1}})) * {{C}} + c, channel), iw + {{j + LEFT}} >= 0 && iw + {{j + LEFT}} < {{W}});
#end
#for i TM
#for k KW
#if (i * S_W + k - P_W) % UP_W == 0
    sum{{i}} = fma(w{{k}}, x{{(i * S_W + k - P_W) / UP_W - LEFT}}, sum{{i}});
#end
#end
#end
  }
  let out = ((n * {{OH}} + oh) * {{OW}} + ow) * {{C}} + c;
#for i TM
  if (ow + {{i}} < {{OW}}) { y[out + {{i * C}}] = sum{{i}}; }
#end
}
