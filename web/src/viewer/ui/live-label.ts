import type { Viewer } from "../viewer.svelte.ts";
import { ageLabel } from "./labels.ts";

/** LIVE, and away from it how far behind. */
export function liveLabel(viewer: Viewer): { text: string; title: string } {
  const { navigation } = viewer.current;
  const camera = viewer.cameraOf(viewer.current);
  const idle = viewer.state === "Armed";
  if (camera === null) {
    return { text: "LIVE", title: idle ? "Back to the camera, and start it unsaved" : "Back to the newest frame" };
  }
  if (navigation.live) {
    return { text: "LIVE", title: idle ? "Start the camera, unsaved" : "The newest frame is shown" };
  }
  const frameIndex = navigation.currentFrameIndex;
  const stored = frameIndex === null ? null : camera.source.clockMs(frameIndex);
  const now = viewer.cameras.stats?.unix_ms;
  const title = "Back to the newest frame";
  if (viewer.state !== "Running" || stored === null || now === undefined) return { text: "LIVE", title };
  const behind = Math.max(0, now - stored);
  // Tenths of seconds would only flicker here.
  const words = behind < 60_000 ? `${Math.round(behind / 1000)} s` : ageLabel(behind);
  return { text: `LIVE, ${words}`, title: `${title}: this one was stored ${words} ago` };
}
