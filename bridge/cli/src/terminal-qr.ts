import { encode } from "uqr";

/** Light modules around the code, without which readers do not find it. */
const QUIET = 4;
/** Black on white, whatever the terminal's own colours are: many readers know a code that way round only. */
const COLOURS = "\u001b[38;5;16;48;5;231m";
const PLAIN = "\u001b[0m";

/** Upper and lower module of a character: both are as wide as high together. */
const BLOCKS = { "00": " ", "01": "▄", "10": "▀", "11": "█" } as const;

/**
 * A text as a code for a camera, two rows of modules in a line.
 * @param columns of the terminal
 * @returns null: it is too narrow
 */
export function terminalQr(text: string, columns: number): string | null {
  const { data, size } = encode(text, { ecc: "L", boostEcc: true, border: 0 });
  const side = size + 2 * QUIET;
  if (side > columns) return null;
  const dark = (x: number, y: number): 0 | 1 => (data[y - QUIET]?.[x - QUIET] === true ? 1 : 0);
  const lines = Array.from({ length: Math.ceil(side / 2) }, (_, line) => {
    const characters = Array.from({ length: side }, (_, x) => BLOCKS[`${dark(x, 2 * line)}${dark(x, 2 * line + 1)}`]);
    return COLOURS + characters.join("") + PLAIN;
  });
  return lines.join("\n");
}
