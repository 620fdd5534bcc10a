// Gradient of the filter of a convolution in groups, a slice of the output rows in each workgroup layer:
//   dw[slice][kh, kw, i, c] = Σ x[n, oh·S_H + kh - P_H, ow·S_W + kw - P_W, i] · dy[n, oh, ow, c]
// A thread sums a row of taps from a vector of a group's inputs to a vector of its outputs, TM columns
// at a time. IN, OUT: vectors of all channels; IN_OWN, OUT_OWN: of a group's.
@group(0) @binding(0) var<storage, read_write> dw: array<vec4f>;

@compute @workgroup_size({{WX}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let id = i32(group.x) * {{WX}} + i32(local.x);
  let slice = i32(group.y);
  let kh = i32(group.z);
  if (id >= {{OUT * IN_OWN}}) { return; }
  let c = id % {{OUT}};
  let own = id / {{OUT}};
  let input = c / {{OUT_OWN}} * {{IN_OWN}} + own;
  let x_of_channel = x_channel(input);
  let dy_of_channel = dy_channel(c);
#for k KW * 4
  var sum{{k}} = vec4f();
#end
  for (var r = slice * {{PER_SLICE}}; r < min({{ROWS}}, (slice + 1) * {{PER_SLICE}}); r++) {
    let ih = r % {{OH}} * {{S_H}} + kh - ({{P_H}});
    if (ih < 0 || ih >= {{H}}) { continue; }
    let row = (r / {{OH}} * {{H}} + ih) * {{W}};
    for (var ow = 0; ow < {{OW}}; ow += {{TM}}) {
      let iw = ow * {{S_W}} - ({{P_W}});
#for i TM
      let d{{i}} = select(vec4f(), dy_at((r * {{OW}} + min(ow + {{i}}, {{OW - 1}})) * {{OUT}} + c, dy_of_channel), ow + {{i}} < {{OW}});
#end
#for j (TM - 1) * S_W + KW
      let x{{j}} = select(vec4f(), x_at((row + clamp(iw + {{j}}, 0, {{W - 1}})) * {{IN}} + input, x_of_channel), iw + {{j}} >= 0 && iw + {{j}} < {{W}});
#end
#for i TM
#for k KW
      sum{{4 * k}} = fma(vec4f(x{{i * S_W + k}}.x), d{{i}}, sum{{4 * k}});
      sum{{4 * k + 1}} = fma(vec4f(x{{i * S_W + k}}.y), d{{i}}, sum{{4 * k + 1}});
      sum{{4 * k + 2}} = fma(vec4f(x{{i * S_W + k}}.z), d{{i}}, sum{{4 * k + 2}});
      sum{{4 * k + 3}} = fma(vec4f(x{{i * S_W + k}}.w), d{{i}}, sum{{4 * k + 3}});
#end
#end
    }
  }
  let out = (slice * {{KH * KW}} + kh * {{KW}}) * {{4 * IN_OWN}};
#for k KW
#for q 4
  dw[(out + {{4 * k * IN_OWN + q}} + own * 4) * {{OUT}} + c] = sum{{4 * k + q}};
#end
#end
}
