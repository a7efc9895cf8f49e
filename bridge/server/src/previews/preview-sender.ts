import type { HostRuntime, PreviewPicture, PreviewRequest } from "@zarrcam/client/native";
import { CreditWindow, MAX_CREDITS, addressPreview, readPreviewSize, readPreviewStamp } from "@zarrcam/protocol";

import { FormChooser } from "./form-chooser.ts";
import type { LinkMeter } from "./link-meter.ts";
import type { PictureForm } from "./picture-forms.ts";
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
/** A picture that lost something and that no other follows for so long is sent once more, whole, ms. */
const RESTS_MS = 1000;

/** What a sender of pictures needs of its session. */
export interface PreviewSink {
  readonly budget: PictureBudget;
  /** By which pictures go now. */
  readonly road: PictureRoad;
  /** What the way to the client carries; all its subscriptions share it. */
  readonly link: LinkMeter;
  /** How many subscriptions there are. */
  readonly sharers: number;
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
  /** In which form its pictures go. */
  readonly #chooser = new FormChooser();
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
  /** Whether the last picture lost something on a slow link. */
  #lossy = false;
  /** The next picture is the last one once more, in this form. */
  #whole: PictureForm | null = null;

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
    this.#askChooser(true);
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
    const before = this.#request;
    this.#request = request;
    const resized = !sameView(before, request);
    this.#askChooser(resized);
    // Another contrast is another picture only where the picture has but 8 bits.
    const sameLoss = (before.lossless ?? false) === (request.lossless ?? false);
    const contrast = !resized && sameLoss && !sameWindow(before, request);
    if (contrast && this.#chooser.form.encoding !== "jpeg") return;
    if (resized) this.#bytes = undefined;
    this.#again = true;
    this.#askAgain();
  }

  /** @param heldMs how long the client had it by then. @returns false for a frame that was not on its way. */
  acknowledge(frame: number, heldMs: number): boolean {
    const nowMs = performance.now();
    this.#sink.link.came(this.#keyOf(frame), nowMs, heldMs);
    const known = this.#window.onAck(frame, nowMs);
    this.#wake?.();
    return known;
  }

  /** There may be room on the link. */
  wake(): void {
    this.#wake?.();
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
    this.#forgetUnderWay();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      if (!this.#maySend() || !this.#hasCredit()) {
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
    const asked = this.#last ? { ...this.#request, endedRun: true } : this.#request;
    const whole = this.#whole;
    this.#whole = null;
    const request = { ...asked, form: whole ?? this.#chooseForm() };
    const resting = this.#lossy ? setTimeout(() => this.#askWhole(), RESTS_MS) : undefined;
    const picture = await this.#runtime.nextPreview(request, after, signal).finally(() => clearTimeout(resting));
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
    const { width, height, bytesPerPixel } = this.#guessedShape();
    return Math.min(MOST_GUESSED_BYTES, width * height * bytesPerPixel + HEADER_AND_HISTOGRAM_BYTES);
  }
  #guessedShape() {
    const { maxWidth, maxHeight, region } = this.#request;
    const width = Math.min(maxWidth, region?.width ?? Infinity);
    const height = Math.min(maxHeight, region?.height ?? Infinity);
    return { width, height, bytesPerPixel: LIKELY_BYTES_PER_PIXEL };
  }

  #askChooser(resized: boolean): void {
    this.#chooser.ask(this.#request.encodings ?? [], this.#request.lossless ?? false, resized);
  }
  /** No other picture comes: there is time for all of this one. */
  #askWhole(): void {
    this.#whole = this.#window.inFlight === 0 ? this.#chooser.whole(this.#sink.link.estimate) : null;
    if (!this.#whole) return;
    this.#again = true;
    this.#askAgain();
  }
  #chooseForm() {
    const { link, sharers } = this.#sink;
    return this.#chooser.choose(link.estimate, sharers, this.#guessedShape(), performance.now());
  }

  /** On a slow link what it carries counts, not how many pictures it takes. */
  #hasCredit(): boolean {
    const { link } = this.#sink;
    if (!link.isSlow) return this.#window.maySend(performance.now());
    return this.#window.inFlight < MAX_CREDITS && link.fits(this.#chooser.bytes ?? this.#guessedBytes());
  }

  #keyOf(frame: number): string {
    return `${this.#id} ${frame}`;
  }
  #forgetUnderWay(): void {
    for (const frame of this.#window.underWay) this.#sink.link.forget(this.#keyOf(frame));
  }

  /** A picture overtakes none on another road: those that are on their way come first. */
  #maySend(): boolean {
    if (this.#road !== this.#sink.road && this.#window.inFlight === 0) this.#takeRoad();
    return this.#road === this.#sink.road && this.#road.bufferedBytes() <= MAX_BUFFERED_BYTES;
  }

  #takeRoad(): void {
    this.#forgetUnderWay();
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
    if (this.#last?.run !== run) {
      this.#forgetUnderWay();
      this.#window.reset();
    }
    this.#last = { run, sequence };
    addressPreview(message, this.#id, skipped);
    const size = readPreviewSize(message);
    this.#chooser.made(size);
    this.#lossy = size.reduced > 1 || size.encoding === "jpeg";
    const sentMs = performance.now();
    this.#window.onSent(hardwareFrameId, capturedMs, sentMs);
    this.#sink.link.sent(this.#keyOf(hardwareFrameId), message.length, sentMs);
    reservation.sent(message.length);
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

/** Whether both are of the same part, in the same size. */
function sameView(a: PreviewRequest, b: PreviewRequest): boolean {
  const [p, q] = [a.region, b.region];
  const sameRegion = p === q || (p && q && p.x === q.x && p.y === q.y && p.width === q.width && p.height === q.height);
  return a.maxWidth === b.maxWidth && a.maxHeight === b.maxHeight && sameRegion === true;
}
function sameWindow({ window: a }: PreviewRequest, { window: b }: PreviewRequest): boolean {
  return a === b || (a?.minimum === b?.minimum && a?.maximum === b?.maximum);
}
