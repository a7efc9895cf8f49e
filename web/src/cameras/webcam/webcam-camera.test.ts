import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Buffer, Core } from "../../recorder/core.ts";
import type { FromCamera, ToCamera } from "./messages.ts";
import { WebcamCamera } from "./webcam-camera.ts";

/** Memory as the core has it. */
const memory = new Uint8Array(64);
const core = {
  view: ({ start, bytes }: Buffer) => memory.subarray(start, start + bytes),
} as unknown as Core;

/** Messages arrive in turns of their own. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("a webcam that is open", () => {
  let port: MessagePort;
  let heard: FromCamera[];
  let camera: WebcamCamera;
  const say = (message: ToCamera) => {
    port.postMessage(message);
  };
  const pictureOf = (run: number, id: number, planes: number[]): ToCamera => ({
    ...{ kind: "picture", run, id, clockUs: id * 33_333.4 },
    planes: Uint8Array.from(planes).buffer,
  });
  const open = (look: "gray" | "RGB") => {
    const channel = new MessageChannel();
    port = channel.port2;
    heard = [];
    port.onmessage = ({ data }: MessageEvent<FromCamera>) => heard.push(data);
    camera = new WebcamCamera(core, look, [2, 1], channel.port1);
  };
  beforeEach(() => {
    open("gray");
  });
  afterEach(() => {
    camera.close();
    port.close();
  });

  it("gives the pictures of its run, in order, and their memory back", async () => {
    camera.start();
    say(pictureOf(0, 9, [9, 9]));
    say(pictureOf(1, 0, [1, 2]));
    say(pictureOf(1, 3, [3, 4]));
    await settle();
    expect(camera.poll()).toEqual({ kind: "exposed", stamp: { hardwareId: 0n, hardwareClockNs: 0n } });
    camera.read({ start: 8, bytes: 2 });
    expect([...memory.subarray(8, 10)]).toEqual([1, 2]);
    expect(() => {
      camera.read({ start: 8, bytes: 2 });
    }).toThrow("No frame");
    expect(camera.poll()).toEqual({ kind: "exposed", stamp: { hardwareId: 3n, hardwareClockNs: 100_000_200n } });
    // Not read: let go.
    expect(camera.poll()).toMatchObject({ kind: "not yet" });
    await settle();
    expect(heard.map(({ kind }) => kind)).toEqual(["start", "spare", "spare", "spare"]);
  });

  it("in colours a picture is three frames, and one that did not come leaves out three", async () => {
    camera.close();
    open("RGB");
    camera.start();
    say(pictureOf(1, 0, [1, 2, 3, 4, 5, 6]));
    say(pictureOf(1, 2, [7, 8, 9, 10, 11, 12]));
    await settle();
    const taken: unknown[] = [];
    for (;;) {
      const polled = camera.poll();
      if (polled.kind !== "exposed") break;
      camera.read({ start: 0, bytes: 2 });
      taken.push([Number(polled.stamp.hardwareId), ...memory.subarray(0, 2)]);
    }
    expect(taken).toEqual([
      [0, 1, 2],
      [1, 3, 4],
      [2, 5, 6],
      [6, 7, 8],
      [7, 9, 10],
      [8, 11, 12],
    ]);
    await settle();
    expect(heard.filter(({ kind }) => kind === "spare").length).toBe(2);
  });

  it("fails when what it has given is taken, not before", async () => {
    camera.start();
    say(pictureOf(1, 0, [1, 2]));
    say({ kind: "failed", reason: "Integrated Camera is gone." });
    await settle();
    expect(camera.poll().kind).toBe("exposed");
    expect(() => camera.poll()).toThrow("Integrated Camera is gone.");
  });

  it("is ready with the first picture, or fails before", async () => {
    say({ kind: "ready" });
    await expect(camera.ready).resolves.toBeUndefined();
    open("gray");
    say({ kind: "failed", reason: "Integrated Camera gives no pictures." });
    await expect(camera.ready).rejects.toThrow("gives no pictures");
  });

  it("a new run begins without what was left of the one before", async () => {
    camera.start();
    say(pictureOf(1, 5, [1, 2]));
    await settle();
    camera.start();
    expect(camera.poll().kind).toBe("not yet");
    say(pictureOf(2, 0, [3, 4]));
    await settle();
    expect(camera.poll()).toMatchObject({ stamp: { hardwareId: 0n } });
  });
});
