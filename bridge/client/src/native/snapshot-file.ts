import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { PreviewFrame, Snapshot } from "@zarrcam/protocol";

import { ZarrcamError } from "../errors.ts";
import { loadAddon } from "./addon.ts";

const LAST_NUMBER = 99_999;

/** Never replaces a file: a name that is given must be free, without one the next free number is taken. */
export async function writeSnapshot(
  folder: string,
  frame: PreviewFrame,
  pixelSizeUm: readonly [number, number],
  given?: string,
): Promise<Snapshot> {
  if (given !== undefined && !/^[\p{L}\p{N}_][\p{L}\p{N}_ .()+-]*\.tiff?$/iu.test(given)) {
    throw new ZarrcamError(
      "invalid_params",
      `${JSON.stringify(given)} is no name for a snapshot: "cells_001.tif" say.`,
      {
        path: "name",
      },
    );
  }
  const file = asTiff(frame, pixelSizeUm);
  await mkdir(folder, { recursive: true });
  for (let number = 1; number <= LAST_NUMBER; number++) {
    const name = given ?? `snapshot_${String(number).padStart(3, "0")}.tif`;
    const path = join(folder, name);
    try {
      await writeFile(path, file, { flag: "wx" });
      return { name, path };
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code !== "EEXIST") throw new ZarrcamError("storage", `${path}: ${message}`, { path, cause });
      if (given !== undefined) throw new ZarrcamError("exists", `${path} exists already.`, { path: "name", cause });
    }
  }
  throw new ZarrcamError("exists", `All of snapshot_001.tif to snapshot_${LAST_NUMBER}.tif exist in ${folder}.`);
}

/** @param pixelSizeUm size of a pixel along x and y, µm; 0: not calibrated, and no resolution is claimed. */
function asTiff({ header, pixels }: PreviewFrame, pixelSizeUm: readonly [number, number]): Uint8Array {
  const { pixelType, width, height } = header;
  const description = JSON.stringify({
    hardware_frame_id: header.hardwareFrameId,
    hardware_clock_ns: Number(header.hardwareClockNs),
    unix_ms: header.unixMs,
    pixel_type: pixelType,
  });
  const image = { width, height, pixel_type: pixelType, description, pixel_size_um: pixelSizeUm };
  return loadAddon().snapshotTiff(JSON.stringify(image), pixels);
}
