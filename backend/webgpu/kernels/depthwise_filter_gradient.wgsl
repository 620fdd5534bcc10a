// Gradient of a depthwise convolution's filter, a slice of the output rows in each workgroup layer:
//   dw[slice][kh, kw, c] = Σ x[n, oh·S_H + kh - P_H, ow·S_W + kw - P_W, c] · dy[n, oh, ow, c]
// A thread sums all taps of a vector of channels, TM columns at a time; WY threads share these.
@group(0) @binding(0) var<storage, read_write> dw: array<{{T}}>;
#if WY > 1
var<workgroup> sums: array<{{T}}, {{WX * WY}}>;
#end

#let TILES Math.ceil(OW / TM)
@compute @workgroup_size({{WX}}, {{WY}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let own = i32(group.x) * {{WX}} + i32(local.x);
  let thread = i32(local.y);
  let c = min(own, {{C - 1}});
  let slice = i32(group.y);
  let x_of_channel = x_channel(c);
  let dy_of_channel = dy_channel(c);
#for k KH * KW
  var sum{{k}} = {{T}}();
#end
  let first = slice * {{PER_SLICE}};
  let tiles = (min({{ROWS}}, first + {{PER_SLICE}}) - first) * {{TILES}};
  for (var tile = thread; tile < tiles; tile += {{WY}}) {
    let r = first + tile / {{TILES}};
    let ow = tile % {{TILES}} * {{TM}};
    let n = r / {{OH}};
    let oh = r % {{OH}};
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
#for k KH * KW
#if WY > 1
  sum{{k}} = added(thread * {{WX}} + i32(local.x), sum{{k}});
#end
  if (own < {{C}} && thread == 0) { dw[(slice * {{KH * KW}} + {{k}}) * {{C}} + c] = sum{{k}}; }
#end
}

#if WY > 1
// What the threads of a vector of channels found together; the first of them are told.
fn added(at: i32, value: {{T}}) -> {{T}} {
  workgroupBarrier(); // the sum before is read
  sums[at] = value;
  for (var half = {{WY / 2}}; half > 0; half /= 2) {
    workgroupBarrier();
    if (at < half * {{WX}}) { sums[at] += sums[at + half * {{WX}}]; }
  }
  return sums[at];
}
#end
