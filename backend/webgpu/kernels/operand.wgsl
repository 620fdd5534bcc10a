// How a kernel reads its input "operand": as it lies in memory; or, if it is lazy, from the input of
// a batch norm, as the value behind it or, with dy and coefficients, as its gradient.
#if operand_KIND === "stored"
@group(0) @binding({{operand_BINDING}}) var<storage, read> operand: array<{{operand_T}}>;
#else
@group(0) @binding({{operand_BINDING}}) var<storage, read> operand_z: array<{{operand_T}}>;
@group(0) @binding({{operand_BINDING + 1}}) var<storage, read> operand_state: array<{{operand_T}}>;
#end
#if operand_KIND === "normalized gradient"
@group(0) @binding({{operand_BINDING + 2}}) var<storage, read> operand_dy: array<{{operand_T}}>;
@group(0) @binding({{operand_BINDING + 3}}) var<storage, read> operand_coefficients: array<{{operand_T}}>;
#end

struct operand_Channel {
  scale: {{operand_T}},
  shift: {{operand_T}},
  a: {{operand_T}},
  b: {{operand_T}},
  c: {{operand_T}},
}

// What all pixels of a vector of channels share.
fn operand_channel(c: i32) -> operand_Channel {
  var channel = operand_Channel();
#if operand_KIND !== "stored"
  channel.scale = operand_state[{{2 * operand_C}} + c];
  channel.shift = operand_state[{{3 * operand_C}} + c];
#end
#if operand_KIND === "normalized gradient"
  channel.a = operand_coefficients[c];
  channel.b = operand_coefficients[{{operand_C}} + c];
  channel.c = operand_coefficients[{{2 * operand_C}} + c];
#end
  return channel;
}

// What memory holds of a value; loads take long, so kernels may ask early and compute late.
struct operand_Loaded {
  z: {{operand_T}},
  dy: {{operand_T}},
}

fn operand_load(i: i32) -> operand_Loaded {
  var loaded = operand_Loaded();
#if operand_KIND === "stored"
  loaded.z = operand[i];
#else
  loaded.z = operand_z[i];
#end
#if operand_KIND === "normalized gradient"
  loaded.dy = operand_dy[i];
#end
  return loaded;
}

fn operand_value(loaded: operand_Loaded, channel: operand_Channel) -> {{operand_T}} {
#if operand_KIND === "stored"
  return loaded.z;
#else
  let normalized = fma(loaded.z, channel.scale, channel.shift);
#if operand_KIND === "normalized"
  return activate(normalized);
#else
  return fma(channel.a, mask(loaded.dy, normalized), fma(channel.b, loaded.z, channel.c));
#end
#end
}

fn operand_at(i: i32, channel: operand_Channel) -> {{operand_T}} {
  return operand_value(operand_load(i), channel);
}
