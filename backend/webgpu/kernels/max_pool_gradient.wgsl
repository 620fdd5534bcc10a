// Gradient of max pooling. Each pixel gathers from the windows that hold it: a window's gradient
// goes to its first maximum in row-major order, as in PyTorch and tfjs.
@group(0) @binding(0) var<storage, read> x: array<{{T}}>;
@group(0) @binding(1) var<storage, read> y: array<{{T}}>;
@group(0) @binding(2) var<storage, read> dy: array<{{T}}>;
@group(0) @binding(3) var<storage, read_write> dx: array<{{T}}>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let id = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * 64 + i32(local.x);
  if (id >= {{SIZE}}) { return; }
  let c = id % {{C}};
  let pixel = id / {{C}};
  let iw = pixel % {{W}};
  let ih = pixel / {{W}} % {{H}};
  let n = pixel / {{H * W}};
  let value = x[id];
  var sum = {{T}}();
  for (var oh = max(0, (ih + {{P_H - KH + S_H}}) / {{S_H}}); oh <= min({{OH - 1}}, (ih + {{P_H}}) / {{S_H}}); oh++) {
    for (var ow = max(0, (iw + {{P_W - KW + S_W}}) / {{S_W}}); ow <= min({{OW - 1}}, (iw + {{P_W}}) / {{S_W}}); ow++) {
      let out = ((n * {{OH}} + oh) * {{OW}} + ow) * {{C}} + c;
      var is_first = value == y[out];
      if (!any(is_first)) { continue; }
      let left = ow * {{S_W}} - {{P_W}};
      for (var h = max(oh * {{S_H}} - {{P_H}}, 0); h <= ih; h++) {
        for (var w = max(left, 0); w < min(left + {{KW}}, {{W}}); w++) {
          if (h == ih && w >= iw) { break; }
          is_first = is_first & (x[((n * {{H}} + h) * {{W}} + w) * {{C}} + c] != value);
        }
      }
      sum += select({{T}}(), dy[out], is_first);
    }
  }
  dx[id] = sum;
}
