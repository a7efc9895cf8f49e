import type { PreviewListener, PreviewRequest, PreviewSource, PreviewSubscription } from "@zarrcam/client/remote";
import { parsePreviewFrame } from "@zarrcam/protocol";

import type { FromCameras, ToCameras } from "./messages.ts";

/** The pictures of cameras that a worker of this page owns, as `RemotePreviews` gives those of a bridge. */
export class PortPreviews implements PreviewSource {
  readonly #port: MessagePort;
  readonly #listeners = new Map<number, PreviewListener>();
  #next = 1;

  /** @param port its other end is `BrowserPreviews.connect`'s */
  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromCameras>) => this.#receive(data.message);
  }

  /** A port does not break. */
  onConnection(): () => void {
    return () => undefined;
  }

  subscribePreview(request: PreviewRequest, listener: PreviewListener): Promise<PreviewSubscription> {
    const subscription = this.#next++;
    this.#listeners.set(subscription, listener);
    this.#post({ kind: "subscribe", subscription, request });
    return Promise.resolve({
      update: (changed) => {
        if (this.#listeners.has(subscription))
          this.#post({ kind: "update", subscription, request: { ...changed, stream: request.stream } });
        return Promise.resolve();
      },
      close: () => {
        this.#close(subscription);
        return Promise.resolve();
      },
    });
  }

  close(): void {
    for (const subscription of [...this.#listeners.keys()]) this.#close(subscription);
    this.#port.close();
  }

  #close(subscription: number): void {
    if (this.#listeners.delete(subscription)) this.#post({ kind: "close", subscription });
  }

  #receive(message: ArrayBuffer): void {
    const frame = parsePreviewFrame(message);
    const { subscription, hardwareFrameId } = frame.header;
    const listener = this.#listeners.get(subscription);
    if (!listener) return;
    // A listener that fails has still taken its picture; its error is its own.
    void Promise.resolve(listener(frame)).finally(() => {
      if (this.#listeners.has(subscription)) this.#post({ kind: "acknowledge", subscription, frame: hardwareFrameId });
    });
  }

  #post(message: ToCameras): void {
    this.#port.postMessage(message);
  }
}
