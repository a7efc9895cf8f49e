import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { FormChooser } from "./form-chooser.ts";
import { AS_ASKED, type PictureForm, type PictureShape, bytesOf } from "./picture-forms.ts";

const SHAPE: PictureShape = { width: 1000, height: 750, bytesPerPixel: 2 };
/** What encodings really make of these pictures. */
const SIZES = { bloscPart: 0.6, jpegBytesPerPixel: 0.2 };
const BOTH: readonly ("blosc" | "jpeg")[] = ["blosc", "jpeg"];

/** A subscription whose pictures take as long as a link needs for them. */
class Viewer {
  readonly chooser = new FormChooser();
  nowMs = 0;
  readonly forms: PictureForm[] = [];

  bytesPerS: number | null;

  constructor(bytesPerS: number | null, { encodings = BOTH, lossless = false } = {}) {
    this.bytesPerS = bytesPerS;
    this.chooser.ask(encodings, lossless, true);
  }

  look(forMs: number, shape = SHAPE): this {
    const untilMs = this.nowMs + forMs;
    while (this.nowMs < untilMs) {
      const { bytesPerS } = this;
      const form = this.chooser.choose({ bytesPerS, roundTripMs: 100 }, 1, shape, this.nowMs);
      this.forms.push(form);
      const bytes = bytesOf(form, shape, SIZES);
      const pixels = { width: Math.ceil(shape.width / form.reduce), height: Math.ceil(shape.height / form.reduce) };
      const size = { ...pixels, bytesPerPixel: 2, encoding: form.encoding, reduced: form.reduce };
      this.chooser.made({ ...size, payloadBytes: Math.round(bytes - 4300) });
      this.nowMs += Math.max(30, bytesPerS === null ? 0 : (bytes / bytesPerS) * 1000);
    }
    return this;
  }
  get last(): PictureForm {
    return this.forms.at(-1)!;
  }
  get lastMs(): number {
    return (bytesOf(this.last, SHAPE, SIZES) / (this.bytesPerS ?? Infinity)) * 1000;
  }
  /** How often it was another one. */
  get changes(): number {
    return this.forms.filter((form, at) => at > 0 && form !== this.forms[at - 1]).length;
  }
}

describe("FormChooser", () => {
  test("gives what was asked for while nothing is known, on fast links, and to who takes nothing else", () => {
    expect(new Viewer(null).look(5000).forms.every((form) => form === AS_ASKED)).toBe(true);
    expect(new Viewer(100e6).look(5000).forms.every((form) => form === AS_ASKED)).toBe(true);
    expect(new Viewer(1e4, { encodings: [] }).look(60_000).forms.every((form) => form === AS_ASKED)).toBe(true);
  });

  test("packs first, then makes smaller, and takes JPEG last", () => {
    const at = (mbit: number) => new Viewer((mbit / 8) * 1e6).look(4000).last;
    expect(at(88)).toEqual({ encoding: "blosc", reduce: 1 });
    expect(at(30)).toEqual({ encoding: "blosc", reduce: 2 });
    expect(at(10)).toMatchObject({ encoding: "blosc", reduce: 3 });
    expect(at(2)).toMatchObject({ encoding: "jpeg" });
    // As little as there is, and not less.
    expect(at(0.1)).toEqual({ encoding: "jpeg", reduce: 3 });
  });

  test("five pictures a second, on every link that carries them, without flicker", () => {
    fc.assert(
      fc.property(fc.double({ min: 200e3, max: 24e6, noNaN: true }), (bytesPerS) => {
        const viewer = new Viewer(bytesPerS).look(20_000);
        expect(viewer.lastMs).toBeLessThanOrEqual(130);
        const [settled] = [viewer.changes, viewer.look(60_000)];
        expect(viewer.changes - settled).toBeLessThanOrEqual(2);
      }),
      { numRuns: 50 },
    );
  });

  test("gets worse at once, and better when the link has been so for a while", () => {
    const viewer = new Viewer(625e3).look(3000);
    const slow = viewer.last;
    expect(slow).not.toEqual(AS_ASKED);
    viewer.bytesPerS = null;
    viewer.look(500);
    expect(viewer.last).toEqual(slow);
    viewer.look(5000);
    expect(viewer.last).toEqual(AS_ASKED);
    viewer.bytesPerS = 625e3;
    viewer.look(200);
    expect(viewer.last).not.toEqual(AS_ASKED);
  });

  test("on a link that comes and goes it becomes patient", () => {
    const viewer = new Viewer(625e3);
    for (let times = 0; times < 20; times++) {
      viewer.bytesPerS = 625e3;
      viewer.look(1500);
      viewer.bytesPerS = 5e6;
      viewer.look(1500);
    }
    const early = viewer.forms.slice(0, viewer.forms.length / 2);
    const late = viewer.forms.slice(viewer.forms.length / 2);
    const changes = (forms: PictureForm[]) => forms.filter((form, at) => at > 0 && form !== forms[at - 1]).length;
    expect(changes(late)).toBeLessThan(changes(early));
  });

  test("where nothing may be lost nothing is, however long it takes", () => {
    const viewer = new Viewer(100e3, { lossless: true }).look(60_000);
    expect(viewer.last).toEqual({ encoding: "blosc", reduce: 1 });
    expect(viewer.forms.every(({ encoding, reduce }) => reduce === 1 && encoding !== "jpeg")).toBe(true);
    const other = new Viewer(625e3).look(5000);
    other.chooser.ask(BOTH, true, false);
    other.look(1000);
    expect(other.last.reduce).toBe(1);
    expect(other.last.encoding).not.toBe("jpeg");
  });

  test("a picture that rests may come once more, whole, where that does not take for ever", () => {
    const whole = (bytesPerS: number) => {
      const viewer = new Viewer(bytesPerS).look(3000);
      return viewer.chooser.whole({ bytesPerS, roundTripMs: 100 });
    };
    expect(whole(625e3)).toEqual({ encoding: "blosc", reduce: 1 });
    expect(whole(250e3)).toBeNull();
    expect(whole(100e6)).toBeNull();
  });

  test("several subscriptions share the link", () => {
    const chooser = new FormChooser();
    chooser.ask(BOTH, false, true);
    const alone = chooser.choose({ bytesPerS: 12e6, roundTripMs: 1 }, 1, SHAPE, 0);
    const beside = chooser.choose({ bytesPerS: 12e6, roundTripMs: 1 }, 4, SHAPE, 30);
    expect(alone).toEqual({ encoding: "blosc", reduce: 1 });
    expect(beside.reduce).toBeGreaterThan(1);
  });

  test("a small picture is not made smaller", () => {
    const viewer = new Viewer(20e3).look(3000, { width: 300, height: 200, bytesPerPixel: 1 });
    expect(viewer.last).toEqual({ encoding: "jpeg", reduce: 1 });
  });
});
