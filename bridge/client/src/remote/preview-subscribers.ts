import { type PreviewFrame, parsePreviewFrame } from "@zarrcam/protocol";

import type { PreviewListener, PreviewRequest, PreviewSubscription } from "../previews.ts";
import { PreviewSubscriber } from "./preview-subscriber.ts";
import type { RpcConnection } from "./rpc-connection.ts";

/** Pictures that may come before the answer which says whose they are. */
const MOST_EARLY = 8;

/** The subscriptions of one client: they outlive its connections, on each of which they get other numbers. */
export class PreviewSubscribers {
  readonly #all = new Set<PreviewSubscriber>();
  readonly #byId = new Map<number, PreviewSubscriber>();
  readonly #early: PreviewFrame[] = [];

  async subscribe(
    connection: RpcConnection,
    request: PreviewRequest,
    listener: PreviewListener,
    onEnded?: () => void,
  ): Promise<PreviewSubscription> {
    const forget = (closing: PreviewSubscriber) => {
      this.#all.delete(closing);
      if (closing.id !== undefined) this.#byId.delete(closing.id);
    };
    const subscriber = new PreviewSubscriber(request, listener, forget, onEnded);
    await this.#attach(subscriber, connection);
    this.#all.add(subscriber);
    return subscriber;
  }

  /** A preview message that came. @returns when its frame was captured, by the camera computer's clock, ms */
  receive(message: Uint8Array): number {
    const frame = parsePreviewFrame(message);
    this.#give(frame);
    return frame.header.unixMs;
  }

  /** A picture that belongs to no subscription: the one of a `snap` that was answered with this number. */
  takeSingle(subscription: number): PreviewFrame | undefined {
    const at = this.#early.findIndex((frame) => frame.header.subscription === subscription);
    return at < 0 ? undefined : this.#early.splice(at, 1)[0];
  }

  /** The bridge ended one by itself. */
  endOne(id: number): void {
    this.#byId.get(id)?.end();
  }

  /** The numbers of a connection that broke mean nothing any more. */
  forgetNumbers(): void {
    this.#byId.clear();
    this.#early.length = 0;
  }

  /** Subscribes all of them on a new connection. */
  attachAll(connection: RpcConnection): void {
    for (const subscriber of this.#all) {
      // A stream that is gone has no previews; its listener learns of it by the new configuration.
      this.#attach(subscriber, connection).catch(() => subscriber.end());
    }
  }

  endAll(): void {
    for (const subscriber of [...this.#all]) subscriber.end();
  }

  #attach(subscriber: PreviewSubscriber, connection: RpcConnection): Promise<void> {
    return subscriber.attach(connection, (id) => {
      this.#byId.set(id, subscriber);
      for (const frame of this.#early.splice(0)) this.#give(frame);
    });
  }

  #give(frame: PreviewFrame): void {
    const subscriber = this.#byId.get(frame.header.subscription);
    if (subscriber) subscriber.receive(frame);
    else if (this.#early.push(frame) > MOST_EARLY) this.#early.shift();
  }
}
