import type { PreviewFrame } from "@zarrcam/protocol";

import type { PreviewListener, PreviewRequest, PreviewSubscription } from "../previews.ts";
import type { RpcConnection } from "./rpc-connection.ts";

/** One subscription: survives a new connection, where it gets another number. */
export class PreviewSubscriber implements PreviewSubscription {
  readonly #listener: PreviewListener;
  readonly #onClose: (subscriber: PreviewSubscriber) => void;
  readonly #onEnded: (() => void) | undefined;
  #request: PreviewRequest;
  #connection: RpcConnection | undefined;
  id: number | undefined;
  #closed = false;

  constructor(
    request: PreviewRequest,
    listener: PreviewListener,
    onClose: (subscriber: PreviewSubscriber) => void,
    onEnded: (() => void) | undefined,
  ) {
    this.#request = request;
    this.#listener = listener;
    this.#onClose = onClose;
    this.#onEnded = onEnded;
  }

  /** Subscribes on a connection. `register` must know the number before the first picture comes. */
  async attach(connection: RpcConnection, register: (id: number) => void): Promise<void> {
    this.#connection = connection;
    const { subscription } = await connection.request("preview.subscribe", this.#wireRequest(connection));
    this.id = subscription;
    register(subscription);
    if (this.#closed) await connection.request("preview.unsubscribe", { subscription });
  }

  receive(frame: PreviewFrame): void {
    const connection = this.#connection;
    const cameMs = performance.now();
    const acknowledge = () => {
      if (this.#closed || !connection) return;
      connection.notify("preview.ack", {
        subscription: frame.header.subscription,
        frame: frame.header.hardwareFrameId,
        // What it took to decode and draw is not the network's.
        ...(connection.encodings ? { held_ms: performance.now() - cameMs } : {}),
      });
    };
    // A listener that fails has still taken its picture; its error is its own.
    void Promise.resolve(this.#listener(frame)).finally(acknowledge);
  }

  async update(request: Omit<PreviewRequest, "stream">): Promise<void> {
    this.#request = { ...request, stream: this.#request.stream };
    if (this.#connection && this.id !== undefined && !this.#closed) {
      await this.#connection.request("preview.subscribe", {
        ...this.#wireRequest(this.#connection),
        subscription: this.id,
      });
    }
  }

  /** Ends the subscription because the bridge gives no more pictures, and says so by `onEnded`. */
  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose(this);
    this.#onEnded?.();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose(this);
    if (this.#connection && this.id !== undefined) {
      // A connection that is gone took the subscription along.
      await this.#connection.request("preview.unsubscribe", { subscription: this.id }).catch(() => undefined);
    }
  }

  #wireRequest({ encodings: known }: RpcConnection) {
    const { stream, maxWidth, maxHeight, region, endedRun, encodings, lossless, window } = this.#request;
    const size = { stream, max_width: maxWidth, max_height: maxHeight };
    const taken = known && encodings?.filter((encoding) => known.includes(encoding));
    return {
      ...size,
      ...(region ? { region } : {}),
      ...(endedRun ? { ended_run: true } : {}),
      ...(taken && taken.length > 0 ? { encodings: taken } : {}),
      ...(taken && lossless ? { lossless: true } : {}),
      ...(taken && window ? { window } : {}),
    };
  }
}
