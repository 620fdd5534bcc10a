// The convolution of conv2d.wgsl for UP = 1, for adapters whose workgroups share fast memory: 8·TM
// pixels by 8·TN vectors of output channels a workgroup, BK vectors of input channels at a time.
// Pixels are counted over the whole batch. Terms are added in the same order, hence to the same bits.
@group(0) @binding(0) var<storage, read> w: array<{{TRANSPOSED ? X : Y}}>;
@group(0) @binding(1) var<storage, read_write> y: array<{{Y}}>;
#if BIAS
@group(0) @binding(2) var<storage, read> bias: array<{{Y}}>;
#end

#let COLUMNS 8 * TN
var<workgroup> x_tile: array<{{X}}, {{8 * TM * BK}}>;
var<workgroup> w_tile: array<{{TRANSPOSED ? X : Y}}, {{BK * COLUMNS * (TRANSPOSED ? VO : VI)}}>;

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let lx = i32(local.x);
  let ly = i32(local.y);
  let thread = ly * 8 + lx;
  let first_pixel = i32(group.y + group.z * {{GROUPS_Y}}) * {{8 * TM}};
  let first_column = i32(group.x) * {{COLUMNS}};
#for i TM
#for j TN
  var sum{{i}}_{{j}} = {{Y}}();
#end
#end
  for (var kh = 0; kh < {{KH}}; kh++) {
    for (var kw = 0; kw < {{KW}}; kw++) {
      for (var first = 0; first < {{CI}}; first += {{BK}}) {
        for (var at = thread; at < {{8 * TM * BK}}; at += 64) {
          let ci = first + at % {{BK}};
          let pixel = first_pixel + at / {{BK}};
          let ih = pixel / {{OW}} % {{OH}} * {{S_H}} + kh - ({{P_H}});
          let iw = pixel % {{OW}} * {{S_W}} + kw - ({{P_W}});
          var value = {{X}}();
          if (pixel < {{PIXELS}} && ci < {{CI}} && ih >= 0 && ih < {{H}} && iw >= 0 && iw < {{W}}) {
            value = x_at(((pixel / {{OH * OW}} * {{H}} + ih) * {{W}} + iw) * {{CI}} + ci, x_channel(ci));
          }
          x_tile[at] = value;
        }
#if TRANSPOSED
        let tap = ({{KH * KW - 1}} - kh * {{KW}} - kw) * {{CO * VO * CI}};
        for (var at = thread; at < {{COLUMNS * VO * BK}}; at += 64) {
          let ci = first + at % {{BK}};
          let co = first_column * {{VO}} + at / {{BK}};
          var value = {{X}}();
          if (ci < {{CI}} && co < {{CO * VO}}) { value = w[tap + co * {{CI}} + ci]; }
          w_tile[at] = value;
        }
#else
        let tap = (kh * {{KW}} + kw) * {{CI * VI * CO}};
        for (var at = thread; at < {{BK * VI * COLUMNS}}; at += 64) {
          let k = first * {{VI}} + at / {{COLUMNS}};
          let co = first_column + at % {{COLUMNS}};
          var value = {{Y}}();
          if (k < {{CI * VI}} && co < {{CO}}) { value = w[tap + k * {{CO}} + co]; }
          w_tile[at] = value;
        }
#end
        workgroupBarrier();
        for (var k = 0; k < {{BK}}; k++) {
#for i TM
          let x{{i}} = x_tile[(ly + {{8 * i}}) * {{BK}} + k];
#end
#if TRANSPOSED
#for j TN
#for e VO
          let w{{j}}_{{e}} = w_tile[((lx + {{8 * j}}) * {{VO}} + {{e}}) * {{BK}} + k];
#end
#for i TM
#for e VO
          sum{{i}}_{{j}}{{VO > 1 ? "." + "xyzw"[e] : ""}} += {{VI > 1 ? `dot(x${i}, w${j}_${e})` : `x${i} * w${j}_${e}`}};
#end
#end
#end
#else
#for e VI
#for j TN
          let w{{j}}_{{e}} = w_tile[(k * {{VI}} + {{e}}) * {{COLUMNS}} + lx + {{8 * j}}];
#end
#for i TM
#for j TN
          sum{{i}}_{{j}} = fma({{Y}}(x{{i}}{{VI > 1 ? "." + "xyzw"[e] : ""}}), w{{j}}_{{e}}, sum{{i}}_{{j}});
#end
#end
#end
#end
        }
        workgroupBarrier();
      }
    }
  }
#for i TM
  {
    let pixel = first_pixel + ly + {{8 * i}};
#for j TN
    if (pixel < {{PIXELS}} && first_column + lx + {{8 * j}} < {{CO}}) {
      y[pixel * {{CO}} + first_column + lx + {{8 * j}}] = sum{{i}}_{{j}}{{BIAS ? ` + bias[first_column + lx + ${8 * j}]` : ""}};
    }
#end
  }
#end
}
