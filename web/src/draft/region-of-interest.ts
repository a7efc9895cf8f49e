import type { Capabilities } from "@zarrcam/protocol";
import { setRegion, snapRegion, type SensorRegion } from "../configuration/sequence.ts";
import type { Draft } from "./draft.svelte.ts";
import type { Editing } from "./editing.svelte.ts";

export interface RegionOfInterestPort {
  readonly draft: Pick<Draft, "stream">;
  readonly editing: Pick<Editing, "edit">;
  readonly capabilities: Capabilities;
}

/** The part of the sensor that is read out. */
export class RegionOfInterest {
  readonly #port: RegionOfInterestPort;
  /** What Full frame goes back to: the region before the first one was drawn, by stream. */
  readonly #before = new Map<number, SensorRegion>();

  constructor(port: RegionOfInterestPort) {
    this.#port = port;
  }

  /** @param region px of the full sensor at the binning in force; null: the full frame */
  set(stream: number, region: SensorRegion | null): void {
    const { draft, editing, capabilities } = this.#port;
    const video = draft.stream(stream);
    const camera = capabilities.video[stream]?.camera;
    if (!video || !camera) return;
    const { offset, shape } = video.camera.settings;
    const base = `video[${stream}]`;
    if (region) {
      if (!this.#before.has(stream))
        this.#before.set(stream, { x: offset[0], y: offset[1], width: shape[0], height: shape[1] });
      editing.edit("ROI", setRegion(video, base, snapRegion(region, camera)));
      return;
    }
    const [width, height] = camera.default_shape;
    const full = this.#before.get(stream) ?? { x: 0, y: 0, width, height };
    this.#before.delete(stream);
    editing.edit("Full frame", setRegion(video, base, full));
  }
}
