// Takes the pictures of one webcam and hands them to the worker that records, by a port of theirs.
import { Intake } from "./intake.ts";
import type { FromCamera, FromCapture, PictureSource, ToCamera, ToCapture } from "./messages.ts";
import { PictureReader } from "./pictures.ts";
import { trackProcessor } from "./track-processor.ts";

const tell = (message: FromCapture): void => {
  self.postMessage(message);
};

const reader = new PictureReader();
let intake: Intake | null = null;
let cancel: () => void = () => undefined;

/** As they come, until the source ends or `cancel` ends it. */
async function readAll(pictures: ReadableStream<VideoFrame>, into: Intake): Promise<void> {
  const from = pictures.getReader();
  cancel = () => void from.cancel();
  for (;;) {
    const { done, value } = await from.read();
    if (done) break;
    await into.take(reader.of(value, value.timestamp));
  }
  into.ended();
}

function take(source: PictureSource, into: Intake): Promise<void> {
  switch (source.kind) {
    case "stream":
      return readAll(source.pictures, into);
    case "track": {
      const { track } = source;
      const processor = trackProcessor(track);
      if (!processor) throw new Error("This browser's workers take no tracks.");
      const taken = readAll(processor, into);
      const cancelReading = cancel;
      cancel = () => {
        track.stop();
        cancelReading();
      };
      return taken;
    }
    case "posted":
      return Promise.resolve();
  }
}

function open(camera: MessagePort, made: Intake): void {
  camera.onmessage = ({ data }: MessageEvent<FromCamera>) => {
    if (data.kind === "start") made.start(data.run);
    else if (data.kind === "spare") made.giveBack(data.planes);
    else {
      made.close();
      cancel();
      tell({ kind: "closed" });
    }
  };
}

/** One picture is posted while the one before it is read: they keep their order. */
let posted = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<ToCapture>) => {
  switch (data.kind) {
    case "capture": {
      const { camera } = data;
      const made = new Intake(data.request, (message: ToCamera, transfer) => {
        camera.postMessage(message, transfer);
      });
      intake = made;
      open(camera, made);
      take(data.source, made).catch((error: unknown) => {
        made.fail(`${data.request.label} failed: ${error instanceof Error ? error.message : String(error)}`);
      });
      break;
    }
    case "picture": {
      const picture = reader.of(data.picture, data.stampUs);
      const into = intake;
      posted = posted
        .then(() => into?.take(picture))
        .catch((error: unknown) => {
          into?.fail(`The webcam failed: ${error instanceof Error ? error.message : String(error)}`);
        })
        .then(() => {
          tell({ kind: "taken" });
        });
      break;
    }
    case "ended":
      intake?.ended();
  }
};

tell({ kind: "loaded", takesTracks: "MediaStreamTrackProcessor" in self });
