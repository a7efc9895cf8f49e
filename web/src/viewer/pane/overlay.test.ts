import { beforeEach, describe, expect, it } from "vitest";

import { Overlay } from "./overlay.svelte.ts";

let changes: number;
let overlay: Overlay;
beforeEach(() => {
  changes = 0;
  overlay = new Overlay(() => changes++);
  overlay.setChannels(3);
  overlay.setOn(true);
  overlay.setPossible(true);
});

describe("the overlay of channels", () => {
  it("draws all of them, the selected one first, and one alone while it is off or the camera is watched", () => {
    expect(overlay.shown(1)).toEqual([1, 0, 2]);
    overlay.setPossible(false);
    expect(overlay.shown(1)).toEqual([1]);
    overlay.setPossible(true);
    overlay.setOn(false);
    expect(overlay.shown(2)).toEqual([2]);
  });

  it("leaves out what is switched off, but never all", () => {
    overlay.setShown(1, false);
    expect([overlay.shown(1), overlay.shown(2)]).toEqual([
      [0, 2],
      [2, 0],
    ]);
    overlay.setShown(0, false);
    overlay.setShown(2, false);
    expect(overlay.shown(0)).toEqual([2]);
  });

  it("takes names' colours where the dataset says some, else gives each its own", () => {
    overlay.takeHints([{ label: "DAPI", colour: "#0000ff", active: true }]);
    expect(overlay.colours[0]).toBe("#0000ff");
    expect(new Set(overlay.colours).size).toBe(3);
    overlay.takeHints([]);
    expect(overlay.colours).toEqual(["#00ff00", "#ff00ff", "#00ffff"]);
  });

  it("begins with the channels that are active, and with all where none is", () => {
    const hints = [true, false, true].map((active) => ({ label: "", colour: null, active }));
    overlay.takeHints(hints);
    expect(overlay.shown(0)).toEqual([0, 2]);
    overlay.takeHints(hints.map((hint) => ({ ...hint, active: false })));
    expect(overlay.shown(0)).toEqual([0, 1, 2]);
  });

  it("adds up no more channels than are listed", () => {
    overlay.setChannels(5000);
    expect(overlay.shown(0)).toEqual(Array.from({ length: 32 }, (_, channel) => channel));
    overlay.takeHints(Array.from({ length: 5000 }, () => ({ label: "", colour: null, active: false })));
    expect(overlay.shown(40)).toHaveLength(32);
  });

  it("comes back from an address, whatever it says", () => {
    overlay.restore([2, 9], ["#ff0000"]);
    expect([overlay.shown(2), overlay.colours[0]]).toEqual([[2], "#ff0000"]);
    overlay.restore([], []);
    expect(overlay.shown(0)).toEqual([0, 1, 2]);
  });

  it("tells of every change that is seen, and of no other", () => {
    const before = changes;
    overlay.setPossible(true);
    overlay.setChannels(3);
    expect(changes).toBe(before);
    overlay.setColour(1, "#123456");
    overlay.setShown(0, false);
    expect(changes).toBe(before + 2);
  });
});
