// The gradient by a window's biases: of each head, sums over all pairs of tokens with the same difference
// of places. dscores has sums over windows: [HEADS][query][key].
@group(0) @binding(0) var<storage, read> dscores: array<f32>;
@group(0) @binding(1) var<storage, read_write> dtable: array<f32>;

#let ACROSS 2 * SIDE - 1
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = i32(id.x);
  if (own >= {{ACROSS * ACROSS * HEADS}}) { return; }
  let down = own / {{HEADS * ACROSS}} - {{SIDE - 1}};
  let right = own / {{HEADS}} % {{ACROSS}} - {{SIDE - 1}};
  let first = own % {{HEADS}} * {{SIDE ** 4}};
  var sum = 0.0;
  for (var y = max(0, down); y < min({{SIDE}}, {{SIDE}} + down); y++) {
    for (var x = max(0, right); x < min({{SIDE}}, {{SIDE}} + right); x++) {
      let query = y * {{SIDE}} + x;
      sum += dscores[first + query * {{SIDE ** 2}} + query - down * {{SIDE}} - right];
    }
  }
  dtable[own] = sum;
}
