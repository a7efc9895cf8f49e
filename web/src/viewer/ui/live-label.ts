import type { Viewer } from "../viewer.svelte.ts";
import { ageWords } from "./words.ts";

/** LIVE, and away from it how far behind. */
export function liveLabel(viewer: Viewer): { text: string; title: string } {
  const { timeline, run } = viewer.current;
  const idle = viewer.state === "Armed";
  if (viewer.dataset !== null) {
    return { text: "LIVE", title: idle ? "Back to the camera, and start it unsaved" : "Back to the newest frame" };
  }
  if (timeline.live) {
    return { text: "LIVE", title: idle ? "Start the camera, unsaved" : "The newest frame is shown" };
  }
  const place = timeline.currentPlace;
  const stored = place === null ? null : run.storedTimes.at(place);
  const now = viewer.stats?.host_clock_ms;
  const title = "Back to the newest frame";
  if (viewer.state !== "Running" || stored === null || now === undefined) return { text: "LIVE", title };
  const behind = Math.max(0, now - stored);
  // Tenths of seconds would only flicker here.
  const words = behind < 60_000 ? `${Math.round(behind / 1000)} s` : ageWords(behind);
  return { text: `LIVE, ${words}`, title: `${title}: this one was stored ${words} ago` };
}
