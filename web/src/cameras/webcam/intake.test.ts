import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Intake, type Picture, waitingPictures } from "./intake.ts";
import type { ToCamera } from "./messages.ts";

const request = {
  label: "Integrated Camera",
  look: "gray" as const,
  shape: [4, 2] as [number, number],
  nominalUs: 40_000,
};

/** A picture all of one value. */
function picture(frame: number, shape: [number, number] = [4, 2]): Picture & { isClosed: boolean } {
  const [width, height] = shape;
  const bytes = new Uint8Array(width * height * 1.5).fill(frame);
  return {
    stampUs: frame * 40_000,
    shape,
    isClosed: false,
    pixels: () => Promise.resolve({ format: "I420", width, height, bytes }),
    close() {
      this.isClosed = true;
    },
  };
}

describe("the intake of a webcam", () => {
  let told: ToCamera[] = [];
  let intake: Intake;
  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    intake = new Intake(request, (message) => told.push(message));
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const pictures = () =>
    told.flatMap((message) =>
      message.kind === "picture" ? [[message.run, message.id, message.clockUs, new Uint8Array(message.planes)[0]]] : [],
    );

  it("says when the first picture is there, and hands over those of a run", async () => {
    await intake.take(picture(3));
    expect(told).toEqual([{ kind: "ready" }]);
    intake.start(7);
    for (const frame of [4, 5, 6]) await intake.take(picture(frame));
    expect(pictures()).toEqual([
      [7, 0, 0, 4],
      [7, 1, 40_000, 5],
      [7, 2, 80_000, 6],
    ]);
  });

  it("numbers what comes after frames that the browser left out", async () => {
    intake.start(1);
    for (const frame of [0, 1, 4, 5]) await intake.take(picture(frame));
    expect(pictures().map(([, id]) => id)).toEqual([0, 1, 4, 5]);
  });

  it("loses by its number what finds no memory, and goes on when some comes back", async () => {
    const most = waitingPictures(8);
    intake.start(1);
    const taken = Array.from({ length: most + 5 }, (_, frame) => picture(frame));
    for (const each of taken) await intake.take(each);
    expect(pictures().length).toBe(most);
    expect(taken.every(({ isClosed }) => isClosed)).toBe(true);
    const [first] = told.flatMap((message) => (message.kind === "picture" ? [message.planes] : []));
    intake.giveBack(first ?? new ArrayBuffer(8));
    await intake.take(picture(most + 5));
    expect(pictures().at(-1)?.[1]).toBe(most + 5);
  });

  it("hands over a picture that waits for the next one when none comes", async () => {
    intake.start(1);
    await intake.take(picture(0));
    await intake.take(picture(3));
    expect(pictures().length).toBe(1);
    vi.advanceTimersByTime(501);
    expect(pictures().map(([, id]) => id)).toEqual([0, 3]);
  });

  it("a picture that was begun before the run is not of it", async () => {
    intake.start(1);
    const slow = intake.take(picture(0));
    intake.start(2);
    await slow;
    await intake.take(picture(1));
    expect(pictures()).toEqual([[2, 0, 0, 1]]);
  });

  it("fails by name when the webcam is gone, with what it had handed over before", async () => {
    intake.start(1);
    await intake.take(picture(0));
    await intake.take(picture(2));
    intake.ended();
    intake.ended();
    await intake.take(picture(3));
    expect(told.slice(1).map((message) => (message.kind === "picture" ? message.id : message))).toEqual([
      0,
      2,
      { kind: "failed", reason: expect.stringMatching(/^Integrated Camera is gone: it was unplugged/) as string },
    ]);
  });

  it("fails where pictures have another size than was asked for", async () => {
    intake.start(1);
    const turned = picture(0, [2, 4]);
    await intake.take(turned);
    expect(told).toEqual([{ kind: "failed", reason: expect.stringMatching(/2 x 4 px, and 4 x 2 px/) as string }]);
    expect(turned.isClosed).toBe(true);
  });
});

it("keeps more small pictures than large ones", () => {
  expect([320 * 240, 1920 * 1080, 3 * 1920 * 1080, 3 * 3840 * 2160].map(waitingPictures)).toEqual([64, 48, 16, 8]);
});
