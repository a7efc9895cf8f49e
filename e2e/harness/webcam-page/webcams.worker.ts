// The worker that records, with webcams alone.
import { expose } from "comlink";

import type { Configuration } from "@zarrcam/protocol";

import { type DrivenCamera, drivenCameras, drivers } from "../../../web/src/cameras/drivers.ts";
import { Core } from "../../../web/src/recorder/core.ts";
import { OpfsTree } from "../../../web/src/recorder/opfs-tree.ts";
import { recordCamera } from "../../../web/src/recorder/record-camera.ts";
import { Recording, type Report } from "../../../web/src/recorder/recording.ts";
import { Store } from "../../../web/src/recorder/store.ts";

const loadCore = async () => Core.load(await (await fetch("/zarrcam.wasm")).arrayBuffer());

class Webcams {
  #all: ReturnType<typeof drivers> = [];
  #stop = new AbortController();

  use(page: MessagePort): void {
    this.#all = drivers(page, new URL("/usb3vision.wasm", location.href).href);
  }

  list(): Promise<DrivenCamera[]> {
    return drivenCameras(this.#all);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** `stallMs`: the worker does nothing else for so long, once, in the middle. */
  async record(configuration: Configuration, stallMs: number, tell: (report: Report) => void): Promise<Report> {
    const core = await loadCore();
    core.call("set_cameras", { cameras: await this.list() });
    const video = configuration.video[0];
    const [driver] = this.#all;
    if (!video || !driver) throw new Error("There is nothing to record.");
    const { identifier, settings } = video.camera;
    const camera = await driver.open(core, identifier?.name ?? "", settings, video.frame_period_us ?? 0);
    const store = await Store.open(core, await OpfsTree.open(), "/cam.zarr");
    this.#stop = new AbortController();
    try {
      const runId = crypto.randomUUID().replaceAll("-", "");
      const recording = new Recording(store, { path: "/cam.zarr", configuration, stream: 0, runId });
      await store.drain();
      let isToStall = stallMs > 0;
      const report = await recordCamera(core, camera, recording, this.#stop.signal, (said) => {
        tell(said);
        if (!isToStall || said.ledger.captured === 0) return;
        isToStall = false;
        const until = performance.now() + stallMs;
        while (performance.now() < until);
      });
      recording.close();
      return report;
    } finally {
      camera.close();
      store.close();
      core.files.closeAll();
    }
  }
}

expose(new Webcams());
