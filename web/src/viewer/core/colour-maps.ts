/** Colours at equal distances; between them the map is linear. */
const stops = {
  gray: ["000000", "ffffff"],
  "inverted gray": ["ffffff", "000000"],
  viridis: ["440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725"],
  magma: ["000004", "180f3d", "440f76", "721f81", "9e2f7f", "cd4071", "f1605d", "fd9668", "feca8d", "fcfdbf"],
  inferno: ["000004", "1b0c41", "4a0c6b", "781c6d", "a52c60", "cf4446", "ed6925", "fb9b06", "f7d13d", "fcffa4"],
  cyan: ["000000", "00ffff"],
  green: ["000000", "00ff00"],
  magenta: ["000000", "ff00ff"],
  yellow: ["000000", "ffff00"],
  red: ["000000", "ff0000"],
  blue: ["000000", "0000ff"],
} as const;

/** A named map, or from black to a colour of one's own: "#00c0ff". */
export type ColourMap = keyof typeof stops | `#${string}`;
export const colourMaps = Object.keys(stops) as (keyof typeof stops)[];
const OWN = /^#[0-9a-f]{6}$/i;

export function isColourMap(text: string): text is ColourMap {
  return text in stops || OWN.test(text);
}

function stopsOf(map: ColourMap): readonly string[] {
  return map in stops ? stops[map as keyof typeof stops] : ["000000", OWN.test(map) ? map.slice(1) : "ffffff"];
}
type Colour = [r: number, g: number, b: number];

/** Colours that stand out in every map that holds none of them. */
const marks: Partial<Record<string, string>> = {
  magma: "00ffff",
  inferno: "00ffff",
  magenta: "00ff00",
  yellow: "ff00ff",
  red: "00ffff",
};

/** 256 colours as r | g << 8 | b << 16 | 255 << 24: in memory r g b a. */
export function colourTable(map: ColourMap): Uint32Array {
  const colours = stopsOf(map).map(parse);
  const table = new Uint32Array(256);
  for (let at = 0; at < 256; at++) {
    const position = (at / 255) * (colours.length - 1);
    const low = Math.min(Math.floor(position), colours.length - 2);
    const part = position - low;
    const from = colours[low] as Colour;
    const to = colours[low + 1] as Colour;
    const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + (to[channel] - from[channel]) * part);
    table[at] = pack(mix(0), mix(1), mix(2));
  }
  return table;
}

/** The colour of saturated pixels under this map. */
export function markColour(map: ColourMap): number {
  return pack(...parse(marks[map] ?? "ff2020"));
}

export function colourMapCss(map: ColourMap): string {
  return `linear-gradient(to right, ${stopsOf(map)
    .map((colour) => `#${colour}`)
    .join(", ")})`;
}

/** The brightest colour of a map, as CSS has it. */
export function brightest(map: ColourMap): string {
  return `#${stopsOf(map).at(-1) ?? "ffffff"}`;
}

function parse(colour: string): Colour {
  const value = Number.parseInt(colour, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function pack(r: number, g: number, b: number): number {
  return (r | (g << 8) | (b << 16) | (255 << 24)) >>> 0;
}
