// y = the table's values of bytes, four of which lie in each word: red, green and blue in turn.
@group(0) @binding(0) var<storage, read> bytes: array<u32>;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let i = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * 64 + i32(local.x);
  if (i >= {{SIZE}}) { return; }
  let four = bytes[i];
  // Four bytes a word: the first of word i has the color 4·i % 3, which is i % 3.
  y[i] = vec4f(
    table[i % 3 * 256 + i32(four & 255u)],
    table[(i + 1) % 3 * 256 + i32(four >> 8 & 255u)],
    table[(i + 2) % 3 * 256 + i32(four >> 16 & 255u)],
    table[i % 3 * 256 + i32(four >> 24)],
  );
}
