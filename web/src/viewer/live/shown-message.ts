// In the view worker.
import type { DisplaySettings } from "../core/display-settings.ts";
import type { FromView } from "./messages.ts";
import type { Incoming } from "./pictures-under-way.ts";

/** What the page is told of pictures that are on the canvas: all but their pixels. */
export function shownMessage(pane: number, { pictures, emptied }: Incoming, display: DisplaySettings): FromView {
  const [{ captioned, channel }] = pictures;
  const { pixels: _, wide: __, gaps: ___, ...picture } = captioned.picture;
  return {
    kind: "shown",
    pane,
    caption: captioned.caption,
    picture,
    channel,
    gaps: pictures.flatMap(({ captioned: { picture }, channel }) => {
      return (picture.gaps ?? []).map((gap) => ({ ...gap, channel }));
    }),
    display,
    emptied,
    shownAtMs: Date.now(),
  };
}
