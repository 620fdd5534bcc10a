// The filter gradient of conv2d_filter_gradient.wgsl, of output channels in fours, for adapters whose
// workgroups share fast memory: LY·RM times four rows of the filter (input channels of a tap) by LX·TN
// vectors of output channels a workgroup, BP pixels at a time, the next of which are on their way while
// these are computed with. Terms are added in the order of the pixels. Input channels are read in
// vectors of VI; of single ones, four rows lie anywhere in a window.
@group(0) @binding(0) var<storage, read_write> dw: array<vec4f>;

#let THREADS LX * LY
#let M_ROWS KH * KW * CI * VI
#let M Math.ceil(M_ROWS / 4)
#let PARTS 4 / VI
// A product of matrices: each pixel of dy meets the same one of x.
#let FLAT VI === 4 && KH * KW * S_H * S_W === 1 && H === OH && W === OW
#let STAGES Math.ceil(PER_SLICE * OW / BP)
#let X_LOADS Math.ceil(LY * RM * BP / THREADS)
#let D_LOADS Math.ceil(LX * TN * BP / THREADS)
// Threads lie side by side in the innermost dimension, so that they read from different banks.
var<workgroup> x_tile: array<array<array<array<vec4f, {{LY}}>, {{RM}}>, 4>, {{BP / 4}}>;
var<workgroup> dy_tile: array<array<array<array<vec4f, {{LX}}>, {{TN}}>, 4>, {{BP / 4}}>;

@compute @workgroup_size({{LX}}, {{LY}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let lx = i32(local.x);
  let ly = i32(local.y);
  let thread = ly * {{LX}} + lx;
  let first_m = i32(group.y) * {{LY * RM}};
  let first_co = i32(group.x) * {{LX * TN}};
  let slice = i32(group.z);
  let first_pixel = slice * {{PER_SLICE * OW}};
  let end_pixel = min({{ROWS}}, (slice + 1) * {{PER_SLICE}}) * {{OW}};
#for i RM * 4
#for j TN
  var sum{{i}}_{{j}} = vec4f();
#end
#end
  // What this thread loads: of x one row of the filter, of dy one vector of channels, of some pixels.
  let x_m = thread % {{LY * RM}};
  let x_p = thread / {{LY * RM}};
  let m = min(first_m + x_m, {{M - 1}});
#for e PARTS
#if FLAT
  let ci{{e}} = m;
#else
#if VI === 4
  let row{{e}} = m;
#else
  let row{{e}} = min(4 * m + {{e}}, {{M_ROWS - 1}});
#end
  let ci{{e}} = row{{e}} % {{CI}};
  let kh{{e}} = row{{e}} / {{CI * KW}} - ({{P_H}});
  let kw{{e}} = row{{e}} / {{CI}} % {{KW}} - ({{P_W}});
#end
  let x_of_channel{{e}} = x_channel(ci{{e}});
#end
  let dy_c = thread % {{LX * TN}};
  let dy_p = thread / {{LX * TN}};
  let co = min(first_co + dy_c, {{CO - 1}});
  let dy_of_channel = dy_channel(co);
#for i X_LOADS
#for e PARTS
  var x_inside{{i}}_{{e}} = false;
  var x_next{{i}}_{{e}} = x_Loaded();
#end
#end
#for i D_LOADS
  var dy_inside{{i}} = false;
  var dy_next{{i}} = dy_Loaded();
#end
  for (var stage = 0; stage <= {{STAGES}}; stage++) {
    if (stage > 0) {
      workgroupBarrier(); // the stage before the last has been computed with
#for i X_LOADS
      {
        let p = x_p + {{i * THREADS / (LY * RM)}};
#for e PARTS
        let value{{e}} = select({{x_T}}(), x_value(x_next{{i}}_{{e}}, x_of_channel{{e}}), x_inside{{i}}_{{e}});
#end
        x_tile[p / 4][p % 4][x_m / {{LY}}][x_m % {{LY}}] = {{VI === 4 ? "value0" : "vec4f(value0, value1, value2, value3)"}};
      }
#end
#for i D_LOADS
      {
        let p = dy_p + {{i * THREADS / (LX * TN)}};
        let value = select(vec4f(), dy_value(dy_next{{i}}, dy_of_channel), dy_inside{{i}});
        dy_tile[p / 4][p % 4][dy_c / {{LX}}][dy_c % {{LX}}] = value;
      }
#end
      workgroupBarrier();
    }
    if (stage < {{STAGES}}) {
#for i X_LOADS
      {
        let pixel = first_pixel + stage * {{BP}} + x_p + {{i * THREADS / (LY * RM)}};
#if FLAT
        x_inside{{i}}_0 = pixel < end_pixel;
        if (x_inside{{i}}_0) { x_next{{i}}_0 = x_load(pixel * {{CI}} + ci0); }
#else
        let r = pixel / {{OW}};
#for e PARTS
        let ih{{e}} = r % {{OH}} * {{S_H}} + kh{{e}};
        let iw{{e}} = pixel % {{OW}} * {{S_W}} + kw{{e}};
        x_inside{{i}}_{{e}} = pixel < end_pixel && ih{{e}} >= 0 && ih{{e}} < {{H}} && iw{{e}} >= 0 && iw{{e}} < {{W}};
        if (x_inside{{i}}_{{e}}) { x_next{{i}}_{{e}} = x_load(((r / {{OH}} * {{H}} + ih{{e}}) * {{W}} + iw{{e}}) * {{CI}} + ci{{e}}); }
#end
#end
      }
#end
#for i D_LOADS
      {
        let pixel = first_pixel + stage * {{BP}} + dy_p + {{i * THREADS / (LX * TN)}};
        dy_inside{{i}} = pixel < end_pixel;
        if (dy_inside{{i}}) { dy_next{{i}} = dy_load(pixel * {{CO}} + co); }
      }
#end
    }
    if (stage > 0) {
      for (var p = 0; p < {{BP / 4}}; p++) {
#for q 4
        {
#for i RM
          let x{{i}} = x_tile[p][{{q}}][{{i}}][ly];
#end
#for j TN
          let d{{j}} = dy_tile[p][{{q}}][{{j}}][lx];
#end
#for i RM
#for e 4
#for j TN
          sum{{4 * i + e}}_{{j}} = fma(vec4f(x{{i}}.{{"xyzw"[e]}}), d{{j}}, sum{{4 * i + e}}_{{j}});
#end
#end
#end
        }
#end
      }
    }
  }
#for i RM
#for e 4
  {
    let row = (first_m + ly + {{LY * i}}) * 4 + {{e}};
#for j TN
    if (row < {{M_ROWS}} && first_co + lx + {{LX * j}} < {{CO}}) {
      dw[(slice * {{M_ROWS}} + row) * {{CO}} + first_co + lx + {{LX * j}}] = sum{{4 * i + e}}_{{j}};
    }
#end
  }
#end
#end
}
