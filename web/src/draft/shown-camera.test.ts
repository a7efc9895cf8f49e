import type { Configuration, VideoStream } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { ShownCamera } from "./shown-camera.svelte.ts";

/** A canvas that can show so many cameras. */
class Canvas {
  active = 0;
  dataset: string | null = null;
  cameras = 1;
  selectStream(stream: number): void {
    if (stream < this.cameras) this.active = stream;
  }
}

function page(names: readonly (string | undefined)[]) {
  const [stream] = configurationWith({}).video as [VideoStream];
  const working: Configuration = { video: names.map((name) => (name === undefined ? stream : { ...stream, name })) };
  const canvas = new Canvas();
  const draft = { working, stream: (index: number) => working.video[index], plans: [], resolved: [] };
  const camera = new ShownCamera({ draft, capabilities: { video: [] }, viewer: canvas });
  return { camera, canvas };
}

test("a camera that was just added comes onto the canvas when it is in force", () => {
  const { camera, canvas } = page(["left", "right"]);
  camera.show(1);
  expect([camera.base, canvas.active]).toEqual(["video[1]", 0]);
  canvas.cameras = 2;
  camera.follow();
  expect(canvas.active).toBe(1);
});

test("a dataset stays on the canvas, and the camera comes after it", () => {
  const { camera, canvas } = page(["left", "right"]);
  canvas.cameras = 2;
  canvas.dataset = "out.zarr";
  camera.show(1);
  expect(canvas.active).toBe(0);
  canvas.dataset = null;
  camera.follow();
  expect(canvas.active).toBe(1);
});

test("a camera that was chosen on the canvas is not chosen there again", () => {
  const { camera, canvas } = page(["left", "right"]);
  canvas.cameras = 2;
  camera.show(1);
  camera.select(0);
  canvas.active = 1;
  camera.follow();
  expect([camera.index, canvas.active]).toEqual([0, 1]);
});

test("its name is told where there are several", () => {
  expect(page(["left"]).camera.nameAmongSeveral).toBeNull();
  expect(page(["left", "right"]).camera.nameAmongSeveral).toBe("left");
  expect(page([undefined, "right"]).camera.nameAmongSeveral).toBe("Camera 1");
});
