// What a page is to record of the emulated camera, and what became of each frame.
import type { Page } from "playwright/test";

import { tableOf } from "../browser-store.ts";

/** The emulated camera's name in the page. */
export const CAMERA_NAME = "usb3vision: zarrcam Emulated U3V EMU0001";
/** What it is recorded into. */
export const DATASET = "usb.zarr";

export interface UsbRecording {
  /** Width and height, px. */
  shape: readonly [number, number];
  frames: number;
  /** Frames of a chunk. */
  chunkFrames: number;
  pixelType?: "U8" | "U16";
  /** More of the camera's settings, over these. */
  camera?: object;
  /** More of the storage's settings. */
  storage?: object;
}

/** The document of a recording of the emulated camera into the page's own storage. */
export function usbDocument({
  shape,
  frames,
  chunkFrames,
  pixelType = "U8",
  camera = {},
  storage = {},
}: UsbRecording): object {
  const [width, height] = shape;
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
    ...{ name, kind, array_size_px, chunk_size_px, shard_size_chunks: 1 },
  });
  return {
    video: [
      {
        camera: {
          identifier: { id: [9, 0], kind: "Camera", name: CAMERA_NAME },
          settings: { shape, pixel_type: pixelType, ...camera },
        },
        storage: {
          identifier: { id: [1, 0], kind: "Storage", name: "ZarrV3" },
          settings: {
            uri: DATASET,
            acquisition_dimensions: [
              dimension("x", "Space", width, width),
              dimension("y", "Space", height, height),
              dimension("t", "Time", 0, chunkFrames),
            ],
            ...storage,
          },
        },
        max_frame_count: frames,
      },
    ],
  };
}

/** Before the page is opened: it takes the cameras of its own browser, and the document where it has none. */
export async function useOwnCameras(page: Page, document?: object): Promise<void> {
  await page.addInitScript((document) => {
    if (location.protocol === "about:") return;
    sessionStorage.setItem("zarrcam.cameras-of", "This browser");
    const key = "zarrcam.browser-configuration";
    if (document && !localStorage.getItem(key)) localStorage.setItem(key, JSON.stringify(document));
  }, document);
}

/** What became of each frame, by its index, with its hardware id and the camera's clock, ns. */
export async function framesOf(
  page: Page,
  dataset: string,
): Promise<{ hardwareId: number; clock: number; state: string }[]> {
  const rows = (await tableOf(page, dataset)).trim().split("\n").slice(1);
  return rows.map((row) => {
    const cells = row.split(",");
    return { hardwareId: Number(cells.at(-4)), clock: Number(cells.at(-3)), state: cells.at(-1) ?? "" };
  });
}
