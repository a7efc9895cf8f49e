// The page's part: browsers list and open webcams for windows alone.
import { expose } from "comlink";

import type { WebcamFacts } from "./capabilities.ts";
import type { CaptureRequest, FromCapture, PictureSource, ToCapture } from "./messages.ts";
import type { ListedWebcam } from "./names.ts";
import { type Asked, DENIED, INSECURE, NONE, WebcamRefused, refusalOf } from "./refusals.ts";
import { canPostPictures, postPictures } from "./posted-pictures.ts";
import { trackProcessor } from "./track-processor.ts";

/** `prompt`: the browser asks when a webcam is used; `unknown`: it does not say. */
export type WebcamPermission = "granted" | "denied" | "prompt" | "unknown";

export interface WebcamListing {
  webcams: ListedWebcam[];
  permission: WebcamPermission;
  /** Why none of them can be had, in a sentence; `null`: nothing is known that would be in the way. */
  obstacle: string | null;
}

/** Which webcam, and how. */
export interface WebcamRequest extends Omit<CaptureRequest, "nominalUs"> {
  deviceId: string | null;
  constraints: MediaTrackConstraints;
  asked: Asked;
}

/** What crosses to the driver as an answer: of an error only its text would arrive. */
export type Opened = { ok: true } | { ok: false; message: string; path: string | null };

const NO_WAY =
  "This browser gives pages no single pictures of a webcam: it has neither MediaStreamTrackProcessor nor requestVideoFrameCallback. A current Chromium, Firefox or Safari has one of them.";

/** What the driver in the worker calls, by comlink. */
export class PageWebcams {
  /** By webcam; `""`: the one that the browser takes by itself. */
  readonly #facts = new Map<string, WebcamFacts>();
  readonly #close = new Set<() => void>();
  readonly #changed = new Set<() => void>();
  /** With their names, which some browsers say only while one is open. */
  #named: ListedWebcam[] = [];

  /** Asks the user nothing. */
  async list(): Promise<WebcamListing> {
    const { mediaDevices } = navigator as Partial<Navigator>;
    if (!mediaDevices) return { webcams: [], permission: "unknown", obstacle: INSECURE };
    const listed = (await mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
    for (const device of listed) {
      const can = (device as Partial<InputDeviceInfo>).getCapabilities?.();
      // Before the permission it is empty.
      if (device.deviceId && can?.width)
        this.#facts.set(device.deviceId, { can, is: this.#facts.get(device.deviceId)?.is ?? null });
    }
    const said = listed.map(({ deviceId, label }) => ({ deviceId, label }));
    if (said.some(({ label }) => label !== "")) this.#named = said;
    const permission = (await permissionStatus())?.state ?? "unknown";
    const obstacle = listed.length === 0 ? NONE : permission === "denied" ? DENIED : null;
    return { webcams: listed.length === this.#named.length ? this.#named : said, permission, obstacle };
  }

  facts(deviceId: string | null): WebcamFacts {
    return this.#facts.get(deviceId ?? "") ?? { can: null, is: null };
  }

  /** Tells when webcams come and go, the browser is told to allow them, or one has said what it can do. */
  async watch(changed: () => void): Promise<void> {
    this.#changed.add(changed);
    if (this.#changed.size > 1) return;
    const tell = () => {
      for (const each of this.#changed) each();
    };
    (navigator as Partial<Navigator>).mediaDevices?.addEventListener("devicechange", tell);
    (await permissionStatus())?.addEventListener("change", tell);
  }

  /** Opens a webcam, asking the user where the browser wants it. Its pictures go to `camera`. */
  async open(request: WebcamRequest, camera: MessagePort): Promise<Opened> {
    try {
      await this.#open(request, camera);
      // Its name and its ranges are known from now on.
      for (const changed of this.#changed) changed();
      return { ok: true };
    } catch (error) {
      camera.close();
      const refused = error instanceof WebcamRefused ? error : refusalOf(error, request.asked);
      return { ok: false, message: refused.message, path: refused.path };
    }
  }

  async #open({ deviceId, constraints, label, look, shape }: WebcamRequest, camera: MessagePort): Promise<void> {
    const { mediaDevices } = navigator as Partial<Navigator>;
    if (!mediaDevices) throw new WebcamRefused(INSECURE);
    const stream = await mediaDevices.getUserMedia({ video: constraints, audio: false });
    const [track] = stream.getVideoTracks();
    if (!track) throw new WebcamRefused(NO_WAY);
    // Before it goes to a worker, which says nothing of it.
    const is = track.getSettings();
    const facts = { can: (track as Partial<MediaStreamTrack>).getCapabilities?.() ?? null, is };
    this.#facts.set(is.deviceId ?? "", facts);
    if (deviceId === null) this.#facts.set("", facts);
    const nominalUs = is.frameRate ? 1e6 / is.frameRate : 0;
    try {
      await this.#capture(track, { label, look, shape, nominalUs }, camera);
    } catch (error) {
      track.stop();
      throw error;
    }
  }

  async #capture(track: MediaStreamTrack, request: CaptureRequest, camera: MessagePort): Promise<void> {
    const worker = new Worker(new URL("./capture.worker.ts", import.meta.url), { type: "module" });
    let stopPosting: () => void = () => undefined;
    const close = () => {
      stopPosting();
      track.stop();
      worker.terminate();
      this.#close.delete(close);
    };
    this.#close.add(close);
    const send = (message: ToCapture, transfer: Transferable[] = []) => {
      worker.postMessage(message, transfer);
    };
    try {
      const takesTracks = await loaded(worker);
      let source = sourceOf(track, takesTracks);
      try {
        send({ kind: "capture", request, source, camera }, [camera, ...transferOf(source)]);
      } catch (error) {
        // A browser may refuse to let a track go.
        if (source.kind !== "track" || !canPostPictures()) throw error;
        source = { kind: "posted" };
        send({ kind: "capture", request, source, camera }, [camera]);
      }
      if (source.kind === "posted") stopPosting = postPictures(track, worker, send);
    } catch (error) {
      close();
      throw error;
    }
    track.addEventListener("ended", () => {
      send({ kind: "ended" });
    });
    worker.addEventListener("message", ({ data }: MessageEvent<FromCapture>) => {
      if (data.kind === "closed") close();
    });
  }

  /** All of them. */
  close(): void {
    for (const close of [...this.#close]) close();
  }
}

function sourceOf(track: MediaStreamTrack, takesTracks: boolean): PictureSource {
  const pictures = trackProcessor(track);
  if (pictures) return { kind: "stream", pictures };
  if (takesTracks) return { kind: "track", track };
  if (canPostPictures()) return { kind: "posted" };
  throw new WebcamRefused(NO_WAY);
}

function transferOf(source: PictureSource): Transferable[] {
  if (source.kind === "stream") return [source.pictures];
  // Safari's tracks can be transferred; the types do not know it yet.
  return source.kind === "track" ? [source.track] : [];
}

/** Whether the worker makes pictures of tracks, as soon as it says so. */
function loaded(worker: Worker): Promise<boolean> {
  return new Promise((resolve, reject) => {
    worker.addEventListener("error", () => {
      reject(
        new WebcamRefused("The page could not start the part of it that takes a webcam's pictures. Reload the page."),
      );
    });
    worker.addEventListener("message", ({ data }: MessageEvent<FromCapture>) => {
      if (data.kind === "loaded") resolve(data.takesTracks);
    });
  });
}

async function permissionStatus(): Promise<PermissionStatus | null> {
  try {
    return await navigator.permissions.query({ name: "camera" });
  } catch {
    // Older browsers know no such name.
    return null;
  }
}

/** Serves the webcams of this page to the driver at the other end of `port`. Closing lets all of them go. */
export function serveWebcams(port: MessagePort): { close(): void } {
  const webcams = new PageWebcams();
  expose(webcams, port);
  return {
    close: () => {
      webcams.close();
      port.close();
    },
  };
}
