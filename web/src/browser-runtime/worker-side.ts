import type { Hello } from "@zarrcam/protocol";
import { transfer } from "comlink";

import { drivenCameras, drivers } from "../cameras/drivers.ts";
import { SimulatedDriver } from "../cameras/simulated-driver.ts";
import { BrowserPreviews } from "../previews/browser-previews.ts";
import { Core } from "../recorder/core.ts";
import { FilesPlace } from "./datasets-place.ts";
import { littleRoom, recordingLack } from "./features.ts";
import { LocalRuntime } from "./local-runtime.ts";
import type { Answer, FromRuntime, OpenRequest, RuntimeWorker } from "./messages.ts";
import { RefusedError, refusalOf } from "./refusal.ts";

/** The runtime in its worker, as comlink exposes it. */
export class WorkerSide implements RuntimeWorker {
  #runtime: LocalRuntime | null = null;

  open(
    { coreUrl, usb3visionUrl, version, kept }: OpenRequest,
    events: MessagePort,
    cameras: MessagePort,
  ): Promise<Answer<Hello>> {
    return answered(async () => {
      const response = await fetch(coreUrl);
      if (!response.ok)
        throw new RefusedError("not_found", `This page was built without the core for browsers (${response.status}).`);
      const core = await Core.load(await response.arrayBuffer());
      const driven = drivers(cameras, usb3visionUrl);
      const lack = await recordingLack();
      this.#runtime = await LocalRuntime.open({
        core,
        version,
        kept,
        lack,
        drivers: [new SimulatedDriver(core), ...driven],
        learnCameras: async () => {
          core.call("set_cameras", { cameras: await drivenCameras(driven) });
        },
        watchCameras: async (changed) => {
          for (const driver of driven) await driver.watch?.(changed);
        },
        pictures: new BrowserPreviews(core),
        place: lack === null ? await FilesPlace.ofBrowser() : null,
        remark: lack === null ? await littleRoom() : null,
        emit: (event) => events.postMessage(event satisfies FromRuntime),
      });
      return this.#runtime.hello();
    });
  }

  call(method: string, params: object): Promise<Answer<unknown>> {
    return answered(() => this.#opened.call(method, params));
  }

  async snap(stream: number): Promise<Answer<Uint8Array<ArrayBuffer>>> {
    const answer = await answered(() => this.#opened.snap(stream));
    return "ok" in answer ? transfer(answer, [answer.ok.buffer]) : answer;
  }

  connectPictures(port: MessagePort): void {
    this.#opened.connectPictures(port);
  }

  serveLive(name: string, port: MessagePort): void {
    this.#opened.serveLive(name, port);
  }

  async camerasChanged(): Promise<void> {
    await this.#opened.camerasChanged();
  }

  async close(): Promise<void> {
    await this.#runtime?.close();
  }

  get #opened(): LocalRuntime {
    if (!this.#runtime) throw new RefusedError("closed", "The cameras of this browser are not open.");
    return this.#runtime;
  }
}

async function answered<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: await work() };
  } catch (error) {
    return { refused: refusalOf(error) };
  }
}
