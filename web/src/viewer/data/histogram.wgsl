// Counts all pixels of a plane. Integers: every value has a bin of its own (256 or 65,536), so one pass is enough and
// the coarser histogram follows on the CPU. Floats: the extremes first, then 256 bins between them.

struct Plane {
  words: u32,         // of 4 bytes, the last one perhaps not full
  pixels: u32,
  bits: u32,          // a pixel: 8, 16 or 32
  flip: u32,          // turns signed values round, so that the lowest has bin 0
}

@group(0) @binding(0) var<uniform> plane: Plane;
@group(0) @binding(1) var<storage, read> words: array<u32>;
@group(0) @binding(2) var<storage, read_write> bins: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read_write> extremes: array<atomic<u32>, 2>;

const FLOAT_BINS = 256u;

@compute @workgroup_size(256)
fn count_values(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let per_word = 32u / plane.bits;
  let mask = (1u << plane.bits) - 1u;
  for (var at = id.x; at < plane.words; at += groups.x * 256u) {
    let word = words[at];
    for (var part = 0u; part < per_word; part++) {
      if (at * per_word + part >= plane.pixels) { break; }
      atomicAdd(&bins[((word >> (part * plane.bits)) & mask) ^ plane.flip], 1u);
    }
  }
}

@compute @workgroup_size(256)
fn find_extremes(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var at = id.x; at < plane.words; at += groups.x * 256u) {
    let word = words[at];
    if (is_finite(word)) {
      atomicMin(&extremes[0], ordered(word));
      atomicMax(&extremes[1], ordered(word));
    }
  }
}

@compute @workgroup_size(256)
fn count_floats(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let low = float_of(atomicLoad(&extremes[0]));
  let high = float_of(atomicLoad(&extremes[1]));
  let per_bin = select(0.0, f32(FLOAT_BINS) / (high - low), high > low);
  for (var at = id.x; at < plane.words; at += groups.x * 256u) {
    let word = words[at];
    if (is_finite(word)) {
      let bin = u32(max(0.0, (bitcast<f32>(word) - low) * per_bin));
      atomicAdd(&bins[min(bin, FLOAT_BINS - 1u)], 1u);
    }
  }
}

fn is_finite(bits: u32) -> bool {
  return (bits & 0x7f800000u) != 0x7f800000u;
}

// As unsigned integers in the order of the floats.
fn ordered(bits: u32) -> u32 {
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}

fn float_of(order: u32) -> f32 {
  return bitcast<f32>(select(~order, order & 0x7fffffffu, (order >> 31u) == 1u));
}
