// One layer on one canvas: values become colours here, so contrast, gamma and colour map are a small table and a change of
// them uploads no pixel. Layers are added up by blending. `TEXEL` is u32, i32 or f32: textures of integers are not
// filterable, so smoothing is done by hand.
// render/paint.ts does the same on the CPU, with the same table: the colours are equal.

struct DisplaySettings {
  minimum: f32,
  to_lut: f32,       // entries of the lookup table a unit of value
  white: f32,
  mark: u32,
}

struct Place {
  origin: vec2f,      // px of the picture at the canvas's corner
  step: vec2f,        // px of the picture a canvas px
  limit: vec2f,       // end of the picture
  taps: vec2u,
  core_from: vec2i,   // the part of the picture that this tile draws
  core_to: vec2i,
  tile_from: vec2i,   // the part that its texture holds: a px more on each side
  tile_to: vec2i,
  nearest: u32,
}

const LAST_OF_LUT = 4095.0;

@group(0) @binding(0) var<uniform> display: DisplaySettings;
@group(0) @binding(1) var lut: texture_2d<f32>;
@group(1) @binding(0) var<uniform> place: Place;
@group(1) @binding(1) var tile: texture_2d<TEXEL>;

@vertex
fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  return vec4f(f32((index << 1u) & 2u) * 2.0 - 1.0, f32(index & 2u) * 2.0 - 1.0, 0.0, 1.0);
}

@fragment
fn colour(@builtin(position) at: vec4f) -> @location(0) vec4f {
  let p = place.origin + at.xy * place.step;
  if (any(p < vec2f(0.0)) || any(p >= place.limit)) { discard; }
  let here = vec2i(floor(p));
  if (any(here < place.core_from) || any(here >= place.core_to)) { discard; }
  var value = texel(here);
  if (value >= display.white) { return unpack4x8unorm(display.mark); }
  if (place.taps.x > 1u || place.taps.y > 1u) {
    value = mean(p);
  } else if (place.nearest == 0u) {
    value = smooth_between(p);
  }
  let entry = clamp((value - display.minimum) * display.to_lut, 0.0, LAST_OF_LUT);
  return textureLoad(lut, vec2i(i32(entry + 0.5), 0), 0);
}

fn texel(at: vec2i) -> f32 {
  let inside = clamp(at, place.tile_from, place.tile_to - 1) - place.tile_from;
  return f32(textureLoad(tile, inside, 0).r);
}

fn smooth_between(p: vec2f) -> f32 {
  let q = p - 0.5;
  let base = floor(q);
  let part = q - base;
  let at = vec2i(base);
  let low = clamp(at, place.tile_from, place.tile_to - 1) - place.tile_from;
  let high = clamp(at + 1, place.tile_from, place.tile_to - 1) - place.tile_from;
  let upper = mix(f32(textureLoad(tile, low, 0).r), f32(textureLoad(tile, vec2i(high.x, low.y), 0).r), part.x);
  let lower = mix(f32(textureLoad(tile, vec2i(low.x, high.y), 0).r), f32(textureLoad(tile, high, 0).r), part.x);
  return mix(upper, lower, part.y);
}

fn mean(p: vec2f) -> f32 {
  var sum = 0.0;
  for (var j = 0u; j < place.taps.y; j++) {
    for (var i = 0u; i < place.taps.x; i++) {
      let offset = (vec2f(f32(i), f32(j)) + 0.5) / vec2f(place.taps) - 0.5;
      sum += texel(vec2i(floor(p + offset * place.step)));
    }
  }
  return sum / f32(place.taps.x * place.taps.y);
}
