import { expect, it } from "vitest";

import { constraintsFor, pictureRate, webcamCapabilities } from "./capabilities.ts";

const can: MediaTrackCapabilities = {
  width: { min: 1, max: 1280 },
  height: { min: 1, max: 720 },
  frameRate: { min: 0, max: 30 },
};

it("the ranges are the webcam's own; what a page cannot set is fixed", () => {
  const gray = webcamCapabilities("gray", { can, is: null });
  expect(gray.shape).toEqual([
    { low: 1, high: 1280, step: 1, writable: true },
    { low: 1, high: 720, step: 1, writable: true },
  ]);
  expect(gray.frame_time_us).toBeCloseTo(33_333.3, 1);
  expect([gray.exposure_time_us, ...gray.offset].map(({ low, high, writable }) => [low, high, writable])).toEqual(
    new Array(3).fill([0, 0, false]),
  );
  expect([gray.pixel_types, gray.binning, gray.channels]).toEqual([["U8"], [1], undefined]);
  expect(gray.remarks).toMatch(/processed 8-bit video/);
});

it("in colours a picture is three frames", () => {
  const rgb = webcamCapabilities("RGB", { can, is: null });
  expect(rgb.channels).toEqual(["red", "green", "blue"]);
  expect(rgb.frame_time_us).toBeCloseTo(11_111.1, 1);
});

it("a webcam that nobody has used yet may have any size, and says why", () => {
  const unknown = webcamCapabilities("gray", { can: null, is: null });
  expect([unknown.shape[0].high, unknown.default_shape, unknown.frame_time_us]).toEqual([8192, [640, 480], 0]);
  expect(unknown.remarks).toMatch(/asks for it when it is first used/);
});

it("a new stream has the size in which it ran last, or one that it has", () => {
  expect(webcamCapabilities("gray", { can, is: { width: 1280, height: 720 } }).default_shape).toEqual([1280, 720]);
  const small = { width: { min: 160, max: 320 }, height: { min: 120, max: 240 } };
  expect(webcamCapabilities("gray", { can: small, is: null }).default_shape).toEqual([320, 240]);
});

it("it is asked for exactly this size, in its own pixels where it has them", () => {
  expect(constraintsFor("b7", "gray", { shape: [640, 480] }, 0)).toEqual({
    deviceId: { exact: "b7" },
    width: { exact: 640 },
    height: { exact: 480 },
    resizeMode: { ideal: "none" },
  });
  const { deviceId, frameRate } = constraintsFor(null, "RGB", { shape: [640, 480] }, 1e6 / 90);
  expect(deviceId).toBeUndefined();
  expect((frameRate as { ideal: number }).ideal).toBeCloseTo(30);
  expect([pictureRate("gray", 40_000), pictureRate("gray", 0)]).toEqual([25, 0]);
});
