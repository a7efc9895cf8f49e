import type { HostRuntime, PreviewPicture, PreviewRequest } from "@zarrcam/client/native";
import { CreditWindow, addressPreview, readPreviewStamp } from "@zarrcam/protocol";

import type { Reservation, PictureBudget } from "./picture-budget.ts";
import type { PictureRoad } from "./preview-roads.ts";

/** Unread bytes on a road over which no further picture is put there, whatever its credits: 8 MiB. */
export const MAX_BUFFERED_BYTES = 8 << 20;

/** What a picture of unknown size is taken for at most, bytes: the first one tells. */
const MOST_GUESSED_BYTES = 64 << 20;
const HEADER_AND_HISTOGRAM_BYTES = 8 << 10;
const LIKELY_BYTES_PER_PIXEL = 2;
/** A picture is taken at once in less, ms. */
const AT_ONCE_MS = 1000;

/** What a sender of pictures needs of its session. */
export interface PreviewSink {
  readonly budget: PictureBudget;
  /** By which pictures go now. */
  readonly road: PictureRoad;
}

/**
 * One subscription: asks the core for the latest picture whenever the client has credit for one. What comes meanwhile
 * is skipped and counted, so a client that stalls costs a few pictures of memory and nobody else anything.
 */
export class PreviewSender {
  readonly #runtime: Pick<HostRuntime, "nextPreview">;
  readonly #sink: PreviewSink;
  readonly #id: number;
  readonly #onFailed: (error: unknown) => void;
  /** Of the road by which its pictures go: each has its own round trip. */
  #window = new CreditWindow();
  #road: PictureRoad;
  readonly #closed = new AbortController();
  #request: PreviewRequest;
  #change = new AbortController();
  #wake: (() => void) | undefined;
  #last: { run: number; sequence: number } | undefined;
  /** Size of the last picture of this request; undefined: none came yet. */
  #bytes: number | undefined;
  /** Whether the client took the last picture at once. */
  #reads = false;
  /** Whether the same frame may be sent again: the picture was asked for in another size. */
  #again = false;

  constructor(
    runtime: Pick<HostRuntime, "nextPreview">,
    sink: PreviewSink,
    id: number,
    request: PreviewRequest,
    onFailed: (error: unknown) => void,
  ) {
    this.#runtime = runtime;
    this.#sink = sink;
    this.#id = id;
    this.#request = request;
    this.#onFailed = onFailed;
    this.#road = sink.road;
  }

  /** Runs until `close`. */
  start(): void {
    this.#run().catch((error: unknown) => {
      if (!this.#closed.signal.aborted) this.#onFailed(error);
    });
  }

  get stream(): number {
    return this.#request.stream;
  }

  update(request: PreviewRequest): void {
    this.#request = request;
    this.#bytes = undefined;
    this.#again = true;
    this.#askAgain();
  }

  /** @returns false for a frame that was not on its way. */
  acknowledge(frame: number): boolean {
    const known = this.#window.onAck(frame, performance.now());
    this.#wake?.();
    return known;
  }

  /** Pictures go another way. @param gone what went by it and is not acknowledged will not arrive; null: all will */
  changeRoad(gone: PictureRoad | null): void {
    if (gone === this.#road) {
      // The client may have nothing of the last frame: it comes once more, of the newest.
      if (this.#window.inFlight > 0) this.#again = true;
      this.#takeRoad();
      this.#askAgain();
    }
    this.#wake?.();
  }

  close(): void {
    this.#closed.abort();
    this.#change.abort();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      if (!this.#maySend() || !this.#window.maySend(performance.now())) {
        await this.#woken();
        continue;
      }
      const reservation = await this.#sink.budget.reserve(this.#reservationRequest(), this.#closed.signal);
      if (reservation === null) return;
      const sent = await this.#ask(reservation).catch((error: unknown) => {
        reservation.release();
        throw error;
      });
      if (!sent) reservation.release();
    }
  }

  /** @returns whether a picture came and was sent. */
  async #ask(reservation: Reservation): Promise<boolean> {
    const after = this.#again ? null : (this.#last?.sequence ?? null);
    const { signal } = this.#change;
    // What was sent is wanted in its new size, though its run has ended.
    const request = this.#last ? { ...this.#request, endedRun: true } : this.#request;
    const picture = await this.#runtime.nextPreview(request, after, signal);
    if (this.#closed.signal.aborted) return false;
    // A change asks again at once; anything else that ends the wait ends the subscription.
    if (picture === null && !signal.aborted) throw new Error("The runtime gives no more previews.");
    if (picture === null || signal.aborted) return false;
    this.#bytes = picture.message.length;
    // Other subscriptions of the session have been sent theirs meanwhile, or the road is another: this one is skipped.
    if (!this.#maySend()) return false;
    this.#again = false;
    this.#send(picture, reservation);
    return true;
  }

  #reservationRequest() {
    return {
      bytes: this.#bytes ?? this.#guessedBytes(),
      hasUnread: () => this.#road.bufferedBytes() > 0,
      reads: this.#reads,
      onOverdue: () => this.#askAgain(),
      onUntaken: () => this.#road.cutOff(),
    };
  }

  #guessedBytes(): number {
    const { maxWidth, maxHeight, region } = this.#request;
    const width = Math.min(maxWidth, region?.width ?? Infinity);
    const height = Math.min(maxHeight, region?.height ?? Infinity);
    return Math.min(MOST_GUESSED_BYTES, width * height * LIKELY_BYTES_PER_PIXEL + HEADER_AND_HISTOGRAM_BYTES);
  }

  /** A picture overtakes none on another road: those that are on their way come first. */
  #maySend(): boolean {
    if (this.#road !== this.#sink.road && this.#window.inFlight === 0) this.#takeRoad();
    return this.#road === this.#sink.road && this.#road.bufferedBytes() <= MAX_BUFFERED_BYTES;
  }

  #takeRoad(): void {
    this.#road = this.#sink.road;
    this.#window = new CreditWindow();
    this.#reads = false;
  }

  #askAgain(): void {
    this.#change.abort();
    this.#change = new AbortController();
  }

  #send({ message, sequence }: PreviewPicture, reservation: Reservation): void {
    const { run, hardwareFrameId, capturedMs } = readPreviewStamp(message);
    const skipped = this.#last ? Math.max(0, sequence - this.#last.sequence - 1) : 0;
    if (this.#last?.run !== run) this.#window.reset();
    this.#last = { run, sequence };
    addressPreview(message, this.#id, skipped);
    this.#window.onSent(hardwareFrameId, capturedMs, performance.now());
    reservation.sent(message.length);
    const sentMs = performance.now();
    this.#road.send(message, () => {
      this.#reads = performance.now() - sentMs < AT_ONCE_MS;
      reservation.release();
    });
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
      if (this.#road.bufferedBytes() > MAX_BUFFERED_BYTES) this.#road.whenDrained(() => this.#wake?.());
    });
  }
}
