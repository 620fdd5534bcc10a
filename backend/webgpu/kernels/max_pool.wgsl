// Max pooling over NHWC; what lies outside counts as nothing.
@group(0) @binding(0) var<storage, read> x: array<{{T}}>;
@group(0) @binding(1) var<storage, read_write> y: array<{{T}}>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let id = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * 64 + i32(local.x);
  if (id >= {{SIZE}}) { return; }
  let c = id % {{C}};
  let pixel = id / {{C}};
  let top = pixel / {{OW}} % {{OH}} * {{S_H}} - {{P_H}};
  let left = pixel % {{OW}} * {{S_W}} - {{P_W}};
  let n = pixel / {{OH * OW}};
  var most = {{T}}(-3.4028234e38);
  for (var h = max(top, 0); h < min(top + {{KH}}, {{H}}); h++) {
    for (var w = max(left, 0); w < min(left + {{KW}}, {{W}}); w++) {
      most = max(most, x[((n * {{H}} + h) * {{W}} + w) * {{C}} + c]);
    }
  }
  y[id] = most;
}
