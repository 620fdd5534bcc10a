// The convolution of conv2d.wgsl for UP = 1, for adapters whose workgroups share fast memory: LY·TM
// pixels by LX·TN vectors of output channels a workgroup, BK vectors of input channels at a time, the
// next of which are on their way while these are computed with. Pixels are counted over the whole batch.
// Terms are added in the same order, hence to the same bits.
@group(0) @binding(0) var<storage, read> w: array<{{TRANSPOSED ? X : Y}}>;
@group(0) @binding(1) var<storage, read_write> y: array<{{Y}}>;
#if BIAS
@group(0) @binding(2) var<storage, read> bias: array<{{Y}}>;
#end

#let THREADS LX * LY
#let COLUMNS LX * TN
#let BLOCKS Math.ceil(CI / BK)
#let STAGES KH * KW * BLOCKS
#let X_LOADS Math.ceil(LY * TM * BK / THREADS)
#let W_ROWS TRANSPOSED ? BK : BK * VI
#let W_LOADS Math.ceil(W_ROWS * COLUMNS / THREADS)
// A product of matrices: each pixel of y is made of the same one of x.
#let FLAT KH * KW * S_H * S_W * H * OH === 1 && W === OW
// Threads lie side by side in the innermost dimension, so that they read from different banks.
var<workgroup> x_tile: array<array<array<{{X}}, {{LY}}>, {{TM}}>, {{BK}}>;
var<workgroup> w_tile: array<array<array<array<{{Y}}, {{LX}}>, {{TN}}>, {{VI}}>, {{BK}}>;

@compute @workgroup_size({{LX}}, {{LY}})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let lx = i32(local.x);
  let ly = i32(local.y);
  let thread = ly * {{LX}} + lx;
  let first_pixel = (i32(group.y) + i32(group.z) * {{GROUPS_Y}}) * {{LY * TM}};
  let first_column = i32(group.x) * {{COLUMNS}};
#for i TM
#for j TN
  var sum{{i}}_{{j}} = {{Y}}();
#end
#end
  // What this thread loads of x: a vector of channels of some pixels, the same in each stage.
  let x_k = thread % {{BK}};
#for i X_LOADS
  let x_pixel{{i}} = thread / {{BK}} + {{i * THREADS / BK}};
  let pixel{{i}} = first_pixel + x_pixel{{i}};
#if FLAT
  let x_start{{i}} = pixel{{i}} * {{CI}};
#else
  // Outside of the photo where there is no such pixel.
  let ih{{i}} = select({{-2 * (H + KH)}}, pixel{{i}} / {{OW}} % {{OH}} * {{S_H}} - ({{P_H}}), pixel{{i}} < {{PIXELS}});
  let iw{{i}} = pixel{{i}} % {{OW}} * {{S_W}} - ({{P_W}});
  let x_start{{i}} = ((pixel{{i}} / {{OH * OW}} * {{H}} + ih{{i}}) * {{W}} + iw{{i}}) * {{CI}};
#end
  var x_inside{{i}} = false;
  var x_next{{i}} = x_Loaded();
#end
  var x_of_channel = x_Channel();
#for i W_LOADS
#if TRANSPOSED
  let w_k{{i}} = (thread + {{i * THREADS}}) % {{BK}};
  let w_column{{i}} = (thread + {{i * THREADS}}) / {{BK}};
#for e VO
  var w_next{{i}}_{{e}} = {{X}}();
#end
#else
  let w_k{{i}} = (thread + {{i * THREADS}}) / {{COLUMNS}};
  let w_column{{i}} = (thread + {{i * THREADS}}) % {{COLUMNS}};
  var w_next{{i}} = {{Y}}();
#end
#end
  // Of the stage that is loaded next: its tap, and the first of its channels.
#if KH * KW > 1
  var kh = 0;
  var kw = 0;
#end
  var first = 0;
  for (var stage = 0; stage <= {{STAGES}}; stage++) {
    if (stage > 0) {
      workgroupBarrier(); // the stage before the last has been computed with
#for i X_LOADS
#if (i + 1) * THREADS > LY * TM * BK
      if (thread + {{i * THREADS}} < {{LY * TM * BK}})
#end
      {
        let value = select({{X}}(), x_value(x_next{{i}}, x_of_channel), x_inside{{i}});
        x_tile[x_k][x_pixel{{i}} / {{LY}}][x_pixel{{i}} % {{LY}}] = value;
      }
#end
#for i W_LOADS
#if (i + 1) * THREADS > W_ROWS * COLUMNS
      if (thread + {{i * THREADS}} < {{W_ROWS * COLUMNS}})
#end
      {
        let j = w_column{{i}} / {{LX}};
        let l = w_column{{i}} % {{LX}};
#if TRANSPOSED
#for c VI
#let OF VI > 1 ? "." + "xyzw"[c] : ""
        w_tile[w_k{{i}}][{{c}}][j][l] = {{Y}}({{Array.from({ length: VO }, (_, e) => `w_next${i}_${e}${OF}`).join(", ")}});
#end
#else
        w_tile[w_k{{i}} / {{VI}}][w_k{{i}} % {{VI}}][j][l] = w_next{{i}};
#end
      }
#end
      workgroupBarrier();
    }
    if (stage < {{STAGES}}) {
      let ci = first + x_k;
      x_of_channel = x_channel(min(ci, {{CI - 1}}));
#if KH * KW > 1
      let x_tap = (kh * {{W}} + kw) * {{CI}} + ci;
#else
      let x_tap = ci;
#end
#for i X_LOADS
#if FLAT
      x_inside{{i}} = ci < {{CI}} && pixel{{i}} < {{PIXELS}};
#else
#if KH * KW > 1
      x_inside{{i}} = ci < {{CI}} && ih{{i}} + kh >= 0 && ih{{i}} + kh < {{H}} && iw{{i}} + kw >= 0 && iw{{i}} + kw < {{W}};
#else
      x_inside{{i}} = ci < {{CI}} && ih{{i}} >= 0 && ih{{i}} < {{H}} && iw{{i}} >= 0 && iw{{i}} < {{W}};
#end
#end
      if (x_inside{{i}}) { x_next{{i}} = x_load(x_start{{i}} + x_tap); }
#end
#if TRANSPOSED
#if KH * KW > 1
      let tap = ({{KH * KW - 1}} - kh * {{KW}} - kw) * {{CO * VO * CI}} + first;
#else
      let tap = first;
#end
#for i W_LOADS
      if (first + w_k{{i}} < {{CI}} && first_column + w_column{{i}} < {{CO}}) {
#for e VO
        w_next{{i}}_{{e}} = w[tap + ((first_column + w_column{{i}}) * {{VO}} + {{e}}) * {{CI}} + w_k{{i}}];
#end
      } else {
#for e VO
        w_next{{i}}_{{e}} = {{X}}();
#end
      }
#end
#else
#if KH * KW > 1
      let tap = (kh * {{KW}} + kw) * {{CI * VI * CO}} + first * {{VI * CO}} + first_column;
#else
      let tap = first * {{VI * CO}} + first_column;
#end
#for i W_LOADS
      w_next{{i}} = {{Y}}();
      if (first * {{VI}} + w_k{{i}} < {{CI * VI}} && first_column + w_column{{i}} < {{CO}}) {
        w_next{{i}} = w[tap + w_k{{i}} * {{CO}} + w_column{{i}}];
      }
#end
#end
      first += {{BK}};
#if KH * KW > 1
      if (first >= {{CI}}) {
        first = 0;
        kw++;
        if (kw == {{KW}}) {
          kw = 0;
          kh++;
        }
      }
#end
    }
    if (stage > 0) {
      for (var k = 0; k < {{BK}}; k++) {
#for i TM
        let x{{i}} = x_tile[k][{{i}}][ly];
#end
#for c VI
#for j TN
        let w{{j}}_{{c}} = w_tile[k][{{c}}][{{j}}][lx];
#end
#for i TM
#for j TN
        sum{{i}}_{{j}} = fma({{Y}}(x{{i}}{{VI > 1 ? "." + "xyzw"[c] : ""}}), w{{j}}_{{c}}, sum{{i}}_{{j}});
#end
#end
#end
      }
    }
  }
#for i TM
  {
    let pixel = first_pixel + ly + {{LY * i}};
#for j TN
    if (pixel < {{PIXELS}} && first_column + lx + {{LX * j}} < {{CO}}) {
      y[pixel * {{CO}} + first_column + lx + {{LX * j}}] = sum{{i}}_{{j}}{{BIAS ? ` + bias[first_column + lx + ${LX * j}]` : ""}};
    }
#end
  }
#end
}
