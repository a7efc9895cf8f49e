interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
type Scope = Partial<{
  MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack; maxBufferSize?: number }) => TrackProcessor;
}>;

/** Pictures that the browser keeps for a worker that is late. It holds the webcam's own buffers, of which there are few. */
const BROWSER_KEEPS = 4;

/** The pictures of a track, where this thread has them: Chromium's pages do, Safari's workers. `null`: it has not. */
export function trackProcessor(
  track: MediaStreamTrack,
  scope: Scope = globalThis as Scope,
): ReadableStream<VideoFrame> | null {
  const { MediaStreamTrackProcessor: Processor } = scope;
  return Processor ? new Processor({ track, maxBufferSize: BROWSER_KEEPS }).readable : null;
}
