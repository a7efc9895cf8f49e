// Whose cameras a page shows. Each tab chooses for itself, and keeps its choice as long as it is open.

export type CamerasOf = "Camera computer" | "This browser";

const KEY = "zarrcam.cameras-of";

/** @param bridgeOrigin of the camera computer; null: none is connected, so this browser is all there is */
export function chosenCameras(bridgeOrigin: string | null, storage: Pick<Storage, "getItem">): CamerasOf {
  if (bridgeOrigin === null) return "This browser";
  try {
    return storage.getItem(KEY) === "This browser" ? "This browser" : "Camera computer";
  } catch {
    return "Camera computer";
  }
}

export function keepCameras(chosen: CamerasOf, storage: Pick<Storage, "setItem">): void {
  try {
    storage.setItem(KEY, chosen);
  } catch {
    // A browser that keeps nothing has the camera computer's.
  }
}
