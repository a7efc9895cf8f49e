// One picture on one canvas: values become colours here, so contrast, gamma and colour map are uniforms and a change of
// them uploads no pixel. `TEXEL` is u32, i32 or f32: textures of integers are not filterable, so smoothing is done by hand.
// render/paint.ts does the same on the CPU.

struct Look {
  minimum: f32,
  per_span: f32,
  per_gamma: f32,
  white: f32,
  colours: array<vec4u, 64>,
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

@group(0) @binding(0) var<uniform> look: Look;
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
  if (texel(here) >= look.white) { return unpack4x8unorm(look.mark); }

  var value: f32;
  if (place.taps.x > 1u || place.taps.y > 1u) {
    value = mean(p);
  } else if (place.nearest == 1u) {
    value = texel(here);
  } else {
    value = smooth_between(p);
  }
  let part = clamp((value - look.minimum) * look.per_span, 0.0, 1.0);
  let index = u32(floor(pow(part, look.per_gamma) * 255.0 + 0.5));
  return unpack4x8unorm(look.colours[index >> 2u][index & 3u]);
}

fn texel(at: vec2i) -> f32 {
  let inside = clamp(at, place.tile_from, place.tile_to - 1) - place.tile_from;
  return f32(textureLoad(tile, inside, 0).r);
}

fn smooth_between(p: vec2f) -> f32 {
  let q = p - 0.5;
  let at = vec2i(floor(q));
  let part = fract(q);
  let upper = mix(texel(at), texel(at + vec2i(1, 0)), part.x);
  let lower = mix(texel(at + vec2i(0, 1)), texel(at + vec2i(1, 1)), part.x);
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
