import type { Configuration } from "@zarrcam/protocol";
import { isActive, streamName } from "../configuration/streams.ts";

/** A set-up that had more cameras than what took its place. */
export interface FewerCameras {
  label: string;
  before: Configuration;
  cameras: string[];
  /** How many there are now. */
  now: number;
}

/** null: no camera went. */
export function fewerCameras(label: string, before: Configuration, after: Configuration): FewerCameras | null {
  const cameras = before.video.flatMap((stream, index) => (isActive(stream) ? [streamName(stream, index)] : []));
  const now = after.video.filter(isActive).length;
  return cameras.length > Math.max(1, now) ? { label, before, cameras, now } : null;
}

/** What went before is still gone after another document with fewer cameras; null: it is not. */
export function stillFewer(replaced: FewerCameras | null, label: string, after: Configuration): FewerCameras | null {
  const now = after.video.filter(isActive).length;
  return replaced && now < replaced.cameras.length ? { ...replaced, label, now } : null;
}

export function fewerCamerasText({ label, cameras, now }: FewerCameras): string {
  const has = now === 1 ? "one camera" : now === 0 ? "no camera" : `${now} cameras`;
  return `${label}: ${has}. The set-up had ${cameras.length}: ${cameras.join(", ")}.`;
}
