// For tests: a pane with a renderer that only remembers.
import { countHistogram } from "../core/histogram.ts";
import { defaultDisplay } from "../core/display-settings.ts";
import type { CaptionedPicture } from "../core/picture.ts";
import { CanvasPane } from "./canvas-pane.ts";
import { FakeRenderer } from "./fake-renderer.ts";
import type { FromView, PlanesMessage } from "./messages.ts";

export function frame(value: number, frameIndex: number | null = null): CaptionedPicture {
  const pixels = Uint8Array.of(value, value, value + 10, value + 10);
  const region = { x: 0, y: 0, width: 2, height: 2 };
  return {
    picture: {
      pixelType: "U8",
      pixels,
      width: 2,
      height: 2,
      scale: [1, 1],
      reduction: "none",
      region,
      frameWidth: 2,
      frameHeight: 2,
    },
    caption: {
      source: "camera",
      frameId: value,
      frameIndex,
      position: [],
      unixMs: 0,
      run: 1,
      skipped: 0,
      histogram: countHistogram(pixels, "U8", "frame"),
    },
  };
}

/** As a preview, which says itself of which channel it is. */
export function offer(
  pane: CanvasPane,
  ...rest: [value: number, taken: () => void] | [number, number, () => void]
): void {
  const taken = rest.at(-1) as () => void;
  const frameIndex = rest.length === 3 ? rest[1] : null;
  pane.follow(true);
  pane.offerPreview(frame(rest[0], frameIndex), taken);
}

export function planes(planes: PlanesMessage["planes"], epoch = 0, newerOnly = false): PlanesMessage {
  return { kind: "planes", address: { pane: 0, epoch, newerOnly }, planes };
}

export function paneWith(): { pane: CanvasPane; renderer: FakeRenderer; said: FromView[]; unable: unknown[] } {
  const said: FromView[] = [];
  const unable: unknown[] = [];
  const pane = new CanvasPane(0, (message) => said.push(message), {
    idle: () => undefined,
    unable: (error) => unable.push(error),
  });
  const renderer = new FakeRenderer();
  pane.setRenderer(renderer, { width: 10, height: 10 });
  pane.setDisplays([{ ...defaultDisplay("U8"), auto: false }], null);
  pane.draw(0);
  renderer.drawn.length = 0;
  return { pane, renderer, said, unable };
}
