import { describe, expect, it } from "vitest";

import { emptyViewUrl, formatViewUrl, parseViewUrl } from "./view-url.ts";

describe("the view in the address", () => {
  it("comes back as it was", () => {
    const state = {
      dataset: "day 1/embryo_004.zarr",
      place: "browser" as const,
      stream: 1,
      sideBySide: true,
      view: { x: 960.5, y: 540, zoom: 0.3875 },
      position: { z: 4, t: 12 },
      pins: { z: 4 },
      display: { min: -5, max: 3000.25, gamma: 1.5, map: "viridis" as const },
      renderer: "canvas2d" as const,
      contrasts: [{ min: 1, max: 2.5 }, null],
      overlay: { shown: [0, 2], colours: ["#00ff00" as const, "cyan" as const, "#ff8000" as const] },
    };
    expect(parseViewUrl(formatViewUrl(state))).toEqual(state);
  });

  it("is empty for the page as it opens", () => {
    expect(formatViewUrl(emptyViewUrl)).toBe("");
    expect(parseViewUrl("")).toEqual(emptyViewUrl);
  });

  it("leaves out what cannot be read", () => {
    expect(
      parseViewUrl(
        "stream=-1&view=1,2&contrast=9,3&gamma=99&map=jet&at=z:x,t:-1,c:2&pin=z&renderer=webgl&unknown=1&contrasts=9,1;x",
      ),
    ).toEqual({ ...emptyViewUrl, position: { c: 2 }, contrasts: [null, null] });
    expect(parseViewUrl("overlay=1,-2,x&colours=nocolour,ff0000").overlay).toEqual({
      shown: [1],
      colours: ["#ffffff", "#ff0000"],
    });
    expect(parseViewUrl("view=1,2,NaN&contrast=,&view=3,4,0")).toEqual(emptyViewUrl);
  });
});
