// What browsers lack, each in its own way.
import { expect, it } from "vitest";

import { canPostPictures, stampOf } from "./posted-pictures.ts";
import { trackProcessor } from "./track-processor.ts";

it("pictures come of a track where this thread has a processor, as Chromium's pages and Safari's workers do", () => {
  const pictures = new ReadableStream<VideoFrame>();
  const asked: unknown[] = [];
  class MediaStreamTrackProcessor {
    readonly readable = pictures;
    constructor(init: unknown) {
      asked.push(init);
    }
  }
  const track = {} as MediaStreamTrack;
  expect(trackProcessor(track, { MediaStreamTrackProcessor })).toBe(pictures);
  expect(asked).toEqual([{ track, maxBufferSize: 4 }]);
  expect(trackProcessor(track, {})).toBeNull();
});

it("without one, they come of a video where it tells each of its pictures, as Firefox's does", () => {
  expect(canPostPictures({ HTMLVideoElement: { prototype: { requestVideoFrameCallback: () => 0 } } })).toBe(true);
  expect(canPostPictures({ HTMLVideoElement: { prototype: {} } })).toBe(false);
  expect(canPostPictures({})).toBe(false);
});

it("a picture's stamp is that of its capture, where the browser knows it", () => {
  expect(stampOf({ captureTime: 1234.5, mediaTime: 9 })).toBe(1_234_500);
  expect(stampOf({ mediaTime: 1.25 })).toBe(1_250_000);
});
