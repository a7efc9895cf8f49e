import { type HostRuntime, type PreviewRequest, ZarrcamError } from "@zarrcam/client/native";
import { MAX_SUBSCRIPTIONS, type PreviewEnded } from "@zarrcam/protocol";

import { patchHeader, readStamp } from "./preview-header.ts";
import { MAX_BUFFERED_BYTES, PreviewSender, type PreviewSink } from "./preview-sender.ts";

/** The previews of one session. */
export class PreviewSubscriptions {
  readonly #runtime: Pick<HostRuntime, "nextPreview">;
  readonly #sink: PreviewSink;
  readonly #onEnded: (ended: PreviewEnded) => void;
  readonly #senders = new Map<number, PreviewSender>();
  #nextId = 1;

  constructor(runtime: Pick<HostRuntime, "nextPreview">, sink: PreviewSink, onEnded: (ended: PreviewEnded) => void) {
    this.#runtime = runtime;
    this.#sink = sink;
    this.#onEnded = onEnded;
  }

  /** @param existing a subscription to change in place. @returns its number. */
  subscribe(request: PreviewRequest, existing?: number): number {
    if (existing !== undefined) {
      const sender = this.#senders.get(existing);
      if (!sender) throw unknown(existing);
      if (sender.stream !== request.stream) {
        throw new ZarrcamError("invalid_params", `Subscription ${existing} is of stream ${sender.stream}.`);
      }
      sender.update(request);
      return existing;
    }
    if (this.#senders.size >= MAX_SUBSCRIPTIONS) {
      throw new ZarrcamError("too_many_requests", `A session may have ${MAX_SUBSCRIPTIONS} preview subscriptions.`);
    }
    const id = this.#nextId++;
    const sender = new PreviewSender(this.#runtime, this.#sink, id, request, (error) => {
      this.#senders.delete(id);
      this.#onEnded({ subscription: id, reason: error instanceof Error ? error.message : String(error) });
    });
    this.#senders.set(id, sender);
    // After the answer that names the subscription.
    setImmediate(() => this.#senders.has(id) && sender.start());
    return id;
  }

  /** An ack of a frame that was not on its way is ignored: it may be from before a change. */
  acknowledge(subscription: number, frame: number): void {
    const sender = this.#senders.get(subscription);
    if (!sender) throw unknown(subscription);
    sender.acknowledge(frame);
  }

  unsubscribe(subscription: number): void {
    const sender = this.#senders.get(subscription);
    if (!sender) throw unknown(subscription);
    sender.close();
    this.#senders.delete(subscription);
  }

  /** A picture outside every subscription, under a number of its own. */
  sendOnce(message: Uint8Array): { subscription: number; hardware_frame_id: number } {
    if (this.#sink.bufferedBytes() > MAX_BUFFERED_BYTES) {
      throw new ZarrcamError("too_many_requests", "Pictures sent before have not been read yet.");
    }
    const subscription = this.#nextId++;
    patchHeader(message, subscription, 0);
    this.#sink.sendBinary(message);
    return { subscription, hardware_frame_id: readStamp(message).frame };
  }

  close(): void {
    for (const sender of this.#senders.values()) sender.close();
    this.#senders.clear();
  }
}

function unknown(subscription: number): ZarrcamError {
  return new ZarrcamError("unknown_subscription", `There is no subscription ${subscription} in this session.`);
}
