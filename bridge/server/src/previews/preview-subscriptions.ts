import { type HostRuntime, type PreviewRequest, ZarrcamError } from "@zarrcam/client/native";
import { MAX_SUBSCRIPTIONS, type PreviewEnded, addressPreview, readPreviewStamp } from "@zarrcam/protocol";

import type { LinkMeter } from "./link-meter.ts";
import type { PictureBudget } from "./picture-budget.ts";
import { PieceSender } from "./piece-sender.ts";
import { type PictureRoad, PreviewRoads } from "./preview-roads.ts";
import { MAX_BUFFERED_BYTES, PreviewSender, type PreviewSink } from "./preview-sender.ts";

/** The previews of one session. */
export class PreviewSubscriptions {
  /** By which way its pictures go. */
  readonly roads: PreviewRoads;
  readonly #runtime: Pick<HostRuntime, "nextPreview" | "snapMessage">;
  readonly #budget: PictureBudget;
  readonly #socket: PictureRoad;
  readonly #sink: PreviewSink;
  readonly #onEnded: (ended: PreviewEnded) => void;
  readonly #senders = new Map<number, PreviewSender>();
  /** Single pictures that go in pieces. */
  readonly #inPieces = new Map<number, PieceSender>();
  readonly #closed = new AbortController();
  #nextId = 1;
  /** Of the last single picture; of the first it is a guess. */
  #snapBytes = 8 << 20;
  #lastInPieces = 0;

  constructor(
    runtime: Pick<HostRuntime, "nextPreview" | "snapMessage">,
    budget: PictureBudget,
    socket: PictureRoad,
    link: LinkMeter,
    onEnded: (ended: PreviewEnded) => void,
  ) {
    this.#runtime = runtime;
    this.#budget = budget;
    this.#socket = socket;
    const roads = new PreviewRoads(socket, (gone) => {
      for (const sender of this.#senders.values()) sender.changeRoad(gone);
    });
    this.roads = roads;
    const senders = this.#senders;
    this.#sink = {
      budget,
      link,
      get sharers() {
        return senders.size;
      },
      get road() {
        return roads.current;
      },
    };
    this.#onEnded = onEnded;
  }

  /** @param existing id of the subscription to change, which keeps its id; left out: a new one is made. @returns the id */
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

  /**
   * An ack of a frame that was not on its way is ignored: it may be from before a change.
   *
   * @param frame of a picture that comes in pieces: where the piece began
   */
  acknowledge(subscription: number, frame: number, heldMs = 0): void {
    const inPieces = this.#inPieces.get(subscription);
    if (inPieces) return inPieces.acknowledge(frame, heldMs);
    // The last piece may be acknowledged when the picture has gone.
    if (this.#lastInPieces === subscription) return;
    const sender = this.#senders.get(subscription);
    if (!sender) throw unknown(subscription);
    sender.acknowledge(frame, heldMs);
    this.#wakeOthers(sender);
  }

  unsubscribe(subscription: number): void {
    const sender = this.#senders.get(subscription);
    if (!sender) throw unknown(subscription);
    sender.close();
    this.#senders.delete(subscription);
    this.#wakeOthers(sender);
  }

  /** On a slow link they wait for one another. */
  #wakeOthers(sender: PreviewSender): void {
    if (!this.#sink.link.isSlow) return;
    for (const other of this.#senders.values()) if (other !== sender) other.wake();
  }

  /**
   * A picture outside every subscription, under a number of its own; it belongs to an answer, and goes where that goes.
   *
   * @param mayBePieces the client puts it together where other answers are to come between
   */
  async snap(stream: number, mayBePieces = false): Promise<{ subscription: number; hardware_frame_id: number }> {
    this.#refuseUnread();
    const request = {
      bytes: this.#snapBytes,
      hasUnread: () => this.#socket.bufferedBytes() > 0,
      reads: false,
      onOverdue: () => undefined,
      onUntaken: () => this.#socket.cutOff(),
    };
    const reservation = await this.#budget.reserve(request, this.#closed.signal);
    if (!reservation) throw new ZarrcamError("cancelled", "The session has ended.");
    try {
      const message = await this.#runtime.snapMessage(stream);
      this.#snapBytes = message.length;
      this.#refuseUnread();
      const subscription = this.#nextId++;
      addressPreview(message, subscription, 0);
      reservation.sent(message.length);
      if (mayBePieces && (this.#sink.link.isSlow || this.#sink.link.isFar))
        await this.#sendInPieces(message, subscription).finally(() => reservation.release());
      else this.#socket.send(message, () => reservation.release());
      return { subscription, hardware_frame_id: readPreviewStamp(message).hardwareFrameId };
    } catch (error) {
      reservation.release();
      throw error;
    }
  }

  async #sendInPieces(message: Uint8Array, subscription: number): Promise<void> {
    const sender = new PieceSender(message, subscription, this.#socket, this.#sink.link, this.#closed.signal);
    this.#inPieces.set(subscription, sender);
    try {
      await sender.send();
    } finally {
      sender.forget();
      this.#inPieces.delete(subscription);
      this.#lastInPieces = subscription;
    }
  }

  #refuseUnread(): void {
    if (this.#socket.bufferedBytes() <= MAX_BUFFERED_BYTES) return;
    throw new ZarrcamError("too_many_requests", "Pictures sent before have not been read yet.");
  }

  close(): void {
    this.#closed.abort();
    for (const sender of this.#senders.values()) sender.close();
    this.#senders.clear();
    this.roads.close();
  }
}

function unknown(subscription: number): ZarrcamError {
  return new ZarrcamError("unknown_subscription", `There is no subscription ${subscription} in this session.`);
}
