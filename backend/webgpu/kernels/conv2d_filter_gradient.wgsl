// Gradient of a convolution's filter. A slice of the output rows is summed by each workgroup layer:
//   dw[slice][kh, kw, ci, co] = Σ x[n, oh·S_H + kh - P_H, ow·S_W + kw - P_W, ci] · dy[n, oh, ow, co]
// A thread sums RM vectors of input channels of one tap by TN vectors of output channels.
@group(0) @binding(0) var<storage, read_write> dw: array<{{Y}}>;

@compute @workgroup_size({{WX}}, {{WY}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let co = i32(group.x) * {{WX * TN}} + i32(local.x);
  let m = (i32(group.y) * {{WY}} + i32(local.y)) * {{RM}};
  let slice = i32(group.z);
  if (m >= {{KH * KW * CI}} || co >= {{CO}}) { return; }
  let tap = m / {{CI}};
  let ci = m % {{CI}};
  let kh = tap / {{KW}} - ({{P_H}});
  let kw = tap % {{KW}} - ({{P_W}});
  // The columns whose tap lies inside the photo.
  let first = max(0, ({{S_W - 1}} - kw) / {{S_W}});
  let end = min({{OW}}, ({{W - 1 + S_W}} - kw) / {{S_W}});
#for i RM * VI
#for j TN
  var sum{{i}}_{{j}} = {{Y}}();
#end
#end
#for i RM
  let x_channel{{i}} = x_channel(ci + {{i}});
#end
#for j TN
  let dy_channel{{j}} = dy_channel(min(co + {{j * WX}}, {{CO - 1}}));
#end
  for (var r = slice * {{PER_SLICE}}; r < min({{ROWS}}, (slice + 1) * {{PER_SLICE}}); r++) {
    let n = r / {{OH}};
    let ih = r % {{OH}} * {{S_H}} + kh;
    if (ih < 0 || ih >= {{H}}) { continue; }
    var source = ((n * {{H}} + ih) * {{W}} + kw + first * {{S_W}}) * {{CI}} + ci;
    var at = (r * {{OW}} + first) * {{CO}} + co;
    for (var ow = first; ow < end; ow++) {
#for i RM
      let x{{i}} = x_at(source + {{i}}, x_channel{{i}});
#end
#for j TN
      let d{{j}} = dy_at(at + {{j * WX}}, dy_channel{{j}});
#end
#for i RM
#for e VI
#for j TN
      sum{{i * VI + e}}_{{j}} = fma({{Y}}(x{{i}}{{VI > 1 ? "." + "xyzw"[e] : ""}}), d{{j}}, sum{{i * VI + e}}_{{j}});
#end
#end
#end
      source += {{S_W * CI}};
      at += {{CO}};
    }
  }
  let out = (slice * {{KH * KW * CI * VI}} + m * {{VI}}) * {{CO}} + co;
#for j TN
  if (co + {{j * WX}} < {{CO}}) {
#for i RM * VI
    dw[out + {{i * CO + j * WX}}] = sum{{i}}_{{j}};
#end
  }
#end
}
