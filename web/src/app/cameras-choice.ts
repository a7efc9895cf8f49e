import type { RuntimeState } from "@zarrcam/protocol";
import { type CamerasOf, keepCameras } from "../connection/cameras-of.ts";

/** Why the page may not show other cameras now, in a sentence; null: it may. */
export function switchRefusal(state: RuntimeState): string | null {
  if (state === "Running") return "A recording goes on: stop it first, or wait for its end.";
  if (state === "Previewing") return "The cameras run: stop them first.";
  if (state === "Measuring") return "The speed is being measured: wait for its end.";
  return null;
}

/** The page is loaded anew with them: what it shows is one place's, through and through. */
export function showCamerasOf(chosen: CamerasOf): void {
  keepCameras(chosen, sessionStorage);
  // Its address may name a dataset of the other place.
  location.replace(location.pathname);
}
