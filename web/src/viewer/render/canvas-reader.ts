/** What is read of a canvas at once is a square of so many px. */
export const SAMPLE_PX = 4;

type Pixels = Uint8ClampedArray<ArrayBuffer>;

let scratch: OffscreenCanvasRenderingContext2D | null = null;
let honest: boolean | null = null;

/**
 * Rows of r g b a bytes of the square at `x`, `y` (canvas px, its upper left corner), as the browser has them that brings
 * the canvas to the screen: 0 where it has nothing, whatever was drawn. To be called in the task that drew. Null: this
 * browser does not tell, or tells what is not so (some give false pixels, so that no page knows the computer by them).
 */
export function readCanvas(canvas: OffscreenCanvas, x: number, y: number): Pixels | null {
  honest ??= readsTruly();
  return honest ? read(canvas, x, y) : null;
}

function read(canvas: OffscreenCanvas, x: number, y: number): Pixels | null {
  try {
    scratch ??= new OffscreenCanvas(SAMPLE_PX, SAMPLE_PX).getContext("2d", { willReadFrequently: true });
    if (!scratch) return null;
    scratch.clearRect(0, 0, SAMPLE_PX, SAMPLE_PX);
    scratch.drawImage(canvas, x, y, SAMPLE_PX, SAMPLE_PX, 0, 0, SAMPLE_PX, SAMPLE_PX);
    return scratch.getImageData(0, 0, SAMPLE_PX, SAMPLE_PX).data;
  } catch {
    scratch = null;
    return null;
  }
}

/** A 2-D canvas of known colour says whether what is read is so. */
function readsTruly(): boolean {
  const canvas = new OffscreenCanvas(SAMPLE_PX, SAMPLE_PX);
  const context = canvas.getContext("2d");
  if (!context) return false;
  const image = new ImageData(SAMPLE_PX, SAMPLE_PX);
  const colour = [51, 102, 153, 255];
  image.data.forEach((_, at, data) => (data[at] = colour[at % 4] as number));
  context.putImageData(image, 0, 0);
  const found = read(canvas, 0, 0);
  return found !== null && found.every((byte, at) => byte === colour[at % 4]);
}
