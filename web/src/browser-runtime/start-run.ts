// What must be there before a run can begin: a store for each stream that writes, and a camera for each.
import type { Configuration, LogLevel, VideoStream } from "@zarrcam/protocol";

import type { BrowserCamera, BrowserDriver } from "../cameras/browser-camera.ts";
import type { Core } from "../recorder/core.ts";
import type { DatasetsPlace } from "./datasets-place.ts";
import type { FromRuntime } from "./messages.ts";
import type { Pictures } from "./pictures.ts";
import { RefusedError } from "./refusal.ts";
import { StreamRun } from "./stream-run.ts";

export interface HowToStart {
  record: boolean;
  /** Where each stream writes; null: it writes nothing. */
  paths?: readonly (string | null)[];
  replaceForeignFiles?: boolean;
  /** This stream alone, for a single picture. */
  only?: number;
}

interface Parts {
  core: Core;
  drivers: readonly BrowserDriver[];
  pictures: Pictures;
  place: DatasetsPlace | null;
  lack: string | null;
  readonly emit: (event: FromRuntime) => void;
}

export const isActive = ({ camera }: VideoStream): boolean => (camera.identifier?.kind ?? "NONE") !== "NONE";

/** One after the other; of one that cannot be prepared nothing is left. */
export async function* prepareStreams(
  { core, pictures, place, lack, emit }: Parts,
  configuration: Configuration,
  { record, paths, replaceForeignFiles = false, only }: HowToStart,
  ids: { runId: string; runNumber: number },
  say: (level: LogLevel, text: string, stream: number) => void,
): AsyncGenerator<StreamRun, void> {
  for (const [stream, video] of configuration.video.entries()) {
    if (!isActive(video) || (only !== undefined && only !== stream)) continue;
    const path = record ? (paths?.[stream] ?? null) : null;
    if (path !== null && !place) throw new RefusedError("storage", lack ?? "This browser stores nothing.");
    const store = path !== null && place ? await place.open(core, path) : null;
    const told = { stream, dataset: (path ?? "").slice(1), run_id: ids.runId, run_number: ids.runNumber };
    try {
      const run = new StreamRun({
        ...{ core, pictures, configuration, stream, ...ids, record, store, replaceForeignFiles },
        startedUnixMs: Date.now(),
        events: {
          published: (published) => emit({ event: "published", ...told, ...published }),
          warning: (text) => say("warning", text, stream),
          failed: (text) => say("error", text, stream),
        },
      });
      await run.prepared();
      yield run;
    } catch (error) {
      await store?.close();
      throw error;
    }
  }
}

/** All of them, or none. */
export async function openCameras(
  { core, drivers }: Pick<Parts, "core" | "drivers">,
  streams: readonly StreamRun[],
  configuration: Configuration,
): Promise<BrowserCamera[]> {
  const cameras: BrowserCamera[] = [];
  try {
    for (const { stream } of streams) {
      const video = configuration.video[stream];
      if (video) cameras.push(await openCamera(core, drivers, video));
    }
    return cameras;
  } catch (error) {
    for (const camera of cameras) camera.close();
    throw error;
  }
}

async function openCamera(core: Core, drivers: readonly BrowserDriver[], { camera, frame_period_us }: VideoStream) {
  const name = camera.identifier?.name ?? "";
  for (const driver of drivers)
    if ((await driver.devices()).some(({ identifier }) => identifier.name === name))
      return driver.open(core, name, camera.settings, frame_period_us ?? 0);
  throw new RefusedError("camera", `There is no camera "${name}" in this browser any more; choose another.`);
}
