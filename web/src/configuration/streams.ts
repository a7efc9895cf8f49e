import type { Configuration, DeviceInfo, VideoStream } from "@zarrcam/protocol";
import { START_CONFIGURATION } from "./examples.ts";
import type { Edit } from "./edit.ts";

/** A stream without a camera (NONE, as Acquire saves its second one) is none. */
export function isActive({ camera }: VideoStream): boolean {
  return camera.identifier !== null && camera.identifier.kind !== "NONE";
}

/** "Camera 1", or what the user called it. */
export function streamName(stream: VideoStream, index: number): string {
  return stream.name || `Camera ${index + 1}`;
}

/** "Camera 2: " before what is said of a field, where there are several cameras; "" where it is clear. */
export function cameraPrefix({ video }: Configuration, path: string): string {
  const index = streamIndex(path);
  const stream = index === null ? undefined : video[index];
  return index !== null && stream && video.filter(isActive).length > 1 ? `${streamName(stream, index)}: ` : "";
}

/** Index of the stream that a path is of; null: it is of all. */
export function streamIndex(path: string): number | null {
  const match = /^video\[(\d+)\]/.exec(path);
  return match ? Number(match[1]) : null;
}

/** The stream whose settings another camera begins with. */
export function modelOf({ video }: Configuration): VideoStream | undefined {
  return video.find(isActive);
}

/** Another camera with the settings of the first one. An empty place (NONE) is used first. `uri`: a name of its own. */
export function addStream(
  configuration: Configuration,
  devices: readonly DeviceInfo[],
  uri: string | null,
): { edits: Edit[]; index: number } {
  const { video } = configuration;
  const free = video.findIndex((stream) => !isActive(stream));
  const index = free >= 0 ? free : video.length;
  const camera = devices.find(({ identifier }) => identifier.kind === "Camera")?.identifier ?? null;
  const model = modelOf(configuration);
  if (!model) {
    const fresh = START_CONFIGURATION.video.map((stream) => ({
      ...stream,
      camera: { ...stream.camera, identifier: camera },
    }));
    return { edits: [{ path: "video", value: fresh }], index: 0 };
  }
  const stream: VideoStream = {
    ...structuredClone(model),
    storage: {
      ...structuredClone(model.storage),
      settings: {
        ...structuredClone(model.storage.settings),
        uri,
      },
    },
  };
  delete stream.name;
  return { edits: [{ path: "video", value: [...video.slice(0, index), stream, ...video.slice(index + 1)] }], index };
}

export function removeStream(configuration: Configuration, index: number): Edit[] {
  return [{ path: "video", value: configuration.video.filter((_, position) => position !== index) }];
}
