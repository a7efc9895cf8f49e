// What page and worker say to each other: control by comlink, events by a port of their own, pictures by another.
import type { Event, Hello } from "@zarrcam/protocol";

import type { Refusal } from "./refusal.ts";

export interface OpenRequest {
  /** Where the page's `zarrcam.wasm` is. */
  coreUrl: string;
  /** And its driver of USB3 Vision cameras. */
  usb3visionUrl: string;
  version: string;
  /** The document that this browser kept; null: none. */
  kept: unknown;
}

export type Answer<T> = { ok: T } | { refused: Refusal };

/** What the worker does for the page. */
export interface RuntimeWorker {
  /** `cameras`: the page's own end of what browsers let windows alone do. */
  open(request: OpenRequest, events: MessagePort, cameras: MessagePort): Promise<Answer<Hello>>;
  call(method: string, params: object): Promise<Answer<unknown>>;
  snap(stream: number): Promise<Answer<Uint8Array<ArrayBuffer>>>;
  connectPictures(port: MessagePort): void;
  /** Answers what is asked of a dataset that is being recorded (`live-port`). */
  serveLive(name: string, port: MessagePort): void;
  /** The page was given a camera. */
  camerasChanged(): Promise<void>;
  close(): Promise<void>;
}

/** `devices`: cameras came, went, or can do something else than before. */
export type FromRuntime = Event;
