// A convolution in groups over NHWC, a group's outputs of its inputs alone:
//   y[n, oh, ow, c] = Σ x[n, ih, iw, i] · w[kh, kw, i, c],  ih·UP_H = oh·S_H + kh - P_H (iw alike).
// Forward, UP is 1. The gradient of the input is the same sum over dy with S = 1, UP the stride and
// the filter read from its outputs to its inputs, turned by 180° (TURNED). A thread computes TM pixels
// of a row of a vector of channels, TM a multiple of UP_W. IN, OUT: vectors of all channels; IN_OWN,
// OUT_OWN: of a group's.
@group(0) @binding(0) var<storage, read> w: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

#let ROW_TILES Math.ceil(OW / TM)
#let LEFT Math.floor(-P_W / UP_W)
#let RIGHT Math.floor(((TM - 1) * S_W + KW - 1 - P_W) / UP_W)
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let id = i32(group.x) * 64 + i32(local.x);
  let n = i32(group.y);
  if (id >= {{OH * ROW_TILES * OUT}}) { return; }
  let c = id % {{OUT}};
  let first = c / {{OUT_OWN}} * {{IN_OWN}};
  let tile = id / {{OUT}};
  let oh = tile / {{ROW_TILES}};
  let ow = tile % {{ROW_TILES}} * {{TM}};
  let iw = ow * {{S_W}} / {{UP_W}};
#for i TM
  var sum{{i}} = vec4f();
#end
  let first_kh = {{UP_H > 1 ? `(${(P_H % UP_H + UP_H) % UP_H + UP_H} - oh % ${UP_H}) % ${UP_H}` : 0}};
  for (var v = 0; v < {{IN_OWN}}; v++) {
    let channel = x_channel(first + v);
    for (var kh = first_kh; kh < {{KH}}; kh += {{UP_H}}) {
      let ih = (oh * {{S_H}} + kh - ({{P_H}})) / {{UP_H}};
      if (oh * {{S_H}} + kh < {{P_H}} || ih >= {{H}}) { continue; }
      let row = (n * {{H}} + ih) * {{W}};
#for j RIGHT - LEFT + 1
      let x{{j}} = select(vec4f(), x_at((row + clamp(iw + {{j + LEFT}}, 0, {{W - 1}})) * {{IN}} + first + v, channel), iw + {{j + LEFT}} >= 0 && iw + {{j + LEFT}} < {{W}});
#end
#for k KW
      {
#for q 4
#if TURNED
        let w{{q}} = w[((({{KH - 1}} - kh) * {{KW}} + {{KW - 1 - k}}) * {{4 * OUT_OWN}} + c % {{OUT_OWN}} * 4 + {{q}}) * {{IN}} + first + v];
#else
        let w{{q}} = w[((kh * {{KW}} + {{k}}) * {{4 * IN_OWN}} + v * 4 + {{q}}) * {{OUT}} + c];
#end
#end
#for i TM
#if (i * S_W + k - P_W) % UP_W == 0
#let X (i * S_W + k - P_W) / UP_W - LEFT
#if TURNED
        sum{{i}} += vec4f(dot(x{{X}}, w0), dot(x{{X}}, w1), dot(x{{X}}, w2), dot(x{{X}}, w3));
#else
        sum{{i}} = fma(vec4f(x{{X}}.x), w0, sum{{i}});
        sum{{i}} = fma(vec4f(x{{X}}.y), w1, sum{{i}});
        sum{{i}} = fma(vec4f(x{{X}}.z), w2, sum{{i}});
        sum{{i}} = fma(vec4f(x{{X}}.w), w3, sum{{i}});
#end
#end
#end
      }
#end
    }
  }
  let out = ((n * {{OH}} + oh) * {{OW}} + ow) * {{OUT}} + c;
#for i TM
  if (ow + {{i}} < {{OW}}) { y[out + {{i * OUT}}] = sum{{i}}; }
#end
}
