// Gradient of a depthwise convolution's filter, a slice of the output rows in each workgroup layer:
//   dw[slice][kh, kw, c] = Σ x[n, oh·S_H + kh - P_H, ow·S_W + kw - P_W, c] · dy[n, oh, ow, c]
// A thread sums all taps of a vector of channels, TM columns at a time.
@group(0) @binding(0) var<storage, read_write> dw: array<{{T}}>;

@compute @workgroup_size({{WX}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let c = i32(group.x) * {{WX}} + i32(local.x);
  let slice = i32(group.y);
  if (c >= {{C}}) { return; }
  let x_of_channel = x_channel(c);
  let dy_of_channel = dy_channel(c);
#for k KH * KW
  var sum{{k}} = {{T}}();
#end
  for (var r = slice * {{PER_SLICE}}; r < min({{ROWS}}, (slice + 1) * {{PER_SLICE}}); r++) {
    let n = r / {{OH}};
    let oh = r % {{OH}};
    for (var ow = 0; ow < {{OW}}; ow += {{TM}}) {
      let iw = ow * {{S_W}} - ({{P_W}});
#for i TM
      let d{{i}} = select({{T}}(), dy_at((r * {{OW}} + min(ow + {{i}}, {{OW - 1}})) * {{C}} + c, dy_of_channel), ow + {{i}} < {{OW}});
#end
#for kh KH
      {
        let ih = oh * {{S_H}} + {{kh}} - ({{P_H}});
        if (ih >= 0 && ih < {{H}}) {
          let row = (n * {{H}} + ih) * {{W}};
#for j (TM - 1) * S_W + KW
          let x{{j}} = select({{T}}(), x_at((row + clamp(iw + {{j}}, 0, {{W - 1}})) * {{C}} + c, x_of_channel), iw + {{j}} >= 0 && iw + {{j}} < {{W}});
#end
#for i TM
#for k KW
          sum{{kh * KW + k}} = fma(d{{i}}, x{{i * S_W + k}}, sum{{kh * KW + k}});
#end
#end
        }
      }
#end
    }
  }
#for k KH * KW
  dw[(slice * {{KH * KW}} + {{k}}) * {{C}} + c] = sum{{k}};
#end
}
