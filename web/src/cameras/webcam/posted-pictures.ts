import type { FromCapture, ToCapture } from "./messages.ts";

/** So many pictures are on their way to the worker; a third one is left out, and its stamp tells. */
const MOST_UNDER_WAY = 2;

/** Whether the page can take a webcam's pictures by showing it to itself. */
export const canPostPictures = (scope: { HTMLVideoElement?: { prototype: object } } = globalThis): boolean =>
  "requestVideoFrameCallback" in (scope.HTMLVideoElement?.prototype ?? {});

/** When it was captured, us: by the camera where the browser knows it, else by the video's own clock. */
export function stampOf({
  captureTime,
  mediaTime,
}: Pick<VideoFrameCallbackMetadata, "captureTime" | "mediaTime">): number {
  return captureTime === undefined ? mediaTime * 1e6 : captureTime * 1e3;
}

/**
 * Where neither page nor worker gets single pictures of a track, a video that nobody sees plays it, and each picture that it would
 * show goes to the worker. A page in the background gets fewer of them, and what is missing is found by the stamps.
 * @returns what ends it
 */
export function postPictures(
  track: MediaStreamTrack,
  worker: Worker,
  send: (message: ToCapture, transfer: Transferable[]) => void,
): () => void {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  let underWay = 0;
  let isOver = false;
  worker.addEventListener("message", ({ data }: MessageEvent<FromCapture>) => {
    if (data.kind === "taken") underWay--;
  });
  const post = (picture: VideoFrame | ImageBitmap, stampUs: number) => {
    if (isOver) picture.close();
    else send({ kind: "picture", picture, stampUs }, [picture]);
  };
  const shown = (_now: number, metadata: VideoFrameCallbackMetadata) => {
    if (isOver) return;
    video.requestVideoFrameCallback(shown);
    if (underWay >= MOST_UNDER_WAY) return;
    underWay++;
    const stampUs = stampOf(metadata);
    if ("VideoFrame" in globalThis) post(new VideoFrame(video, { timestamp: stampUs }), stampUs);
    else
      createImageBitmap(video).then(
        (picture) => {
          post(picture, stampUs);
        },
        () => underWay--,
      );
  };
  video.requestVideoFrameCallback(shown);
  // What keeps it from playing shows as a webcam that gives no pictures.
  video.play().catch(() => undefined);
  return () => {
    isOver = true;
    video.srcObject = null;
  };
}
