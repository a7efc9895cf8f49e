import type { CameraSettings } from "@zarrcam/protocol";

import type { Buffer, Core } from "../recorder/core.ts";
import type { BrowserCamera, Polled } from "./browser-camera.ts";

/** One of the core's simulated cameras: the frames of the camera computer's. */
export class SimulatedCamera implements BrowserCamera {
  readonly frameBytes: number;
  /** Frames come whether or not anybody is ready. */
  readonly paced: boolean;
  readonly #core: Core;
  readonly #camera: number;

  /** `framePeriodUs`: from frame to frame; 0: it follows the exposure. */
  constructor(core: Core, name: string, settings: Partial<CameraSettings>, framePeriodUs: number) {
    const params = { name, settings, frame_period_us: framePeriodUs };
    const opened = core.ask<{ camera: number; frame_bytes: number; paced: boolean }>(params, (...text) =>
      core.exports.camera_open(...text),
    );
    this.#core = core;
    this.#camera = opened.camera;
    this.frameBytes = opened.frame_bytes;
    this.paced = opened.paced;
  }

  start(): void {
    this.#core.exports.camera_start(this.#camera);
  }

  trigger(): void {
    this.#core.exports.camera_trigger(this.#camera);
  }

  poll(): Polled {
    const said = this.#core.read<{
      exposed?: { hardware_id: string; hardware_clock_ns: string };
      wait_us?: number;
    }>(this.#core.exports.camera_poll(this.#camera));
    if (said.exposed) {
      const { hardware_id, hardware_clock_ns } = said.exposed;
      return {
        kind: "exposed",
        stamp: { hardwareId: BigInt(hardware_id), hardwareClockNs: BigInt(hardware_clock_ns) },
      };
    }
    return said.wait_us === undefined ? { kind: "awaits trigger" } : { kind: "not yet", waitMs: said.wait_us / 1e3 };
  }

  /** The exposed frame's pixels, into a buffer of `frameBytes`. */
  read(into: Buffer): void {
    this.#core.read(this.#core.exports.camera_read(this.#camera, into.start, into.bytes));
  }

  close(): void {
    this.#core.exports.camera_close(this.#camera);
  }
}
