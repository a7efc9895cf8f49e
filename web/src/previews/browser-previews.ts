import type { Core } from "../recorder/core.ts";
import { CorePreviews, type Load, type OfferedFrame } from "./core-previews.ts";
import type { ToCameras } from "./messages.ts";
import { PictureSender } from "./picture-sender.ts";

/**
 * Live pictures of the cameras that a worker owns, for whoever holds the other end of a port. Pictures are made in the worker's
 * own thread, of the newest frame alone, where somebody has credit; a frame that nobody may have costs next to nothing.
 */
export class BrowserPreviews {
  readonly #core: CorePreviews;
  /** By their numbers among all. */
  readonly #senders = new Map<number, PictureSender>();
  readonly #snaps = new Map<number, (message: Uint8Array<ArrayBuffer> | null) => void>();
  /** The newest frame of each stream that the core was not told of: nobody looked. */
  readonly #untold = new Map<number, OfferedFrame>();
  readonly #ports = new Set<MessagePort>();
  #next = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(core: Core) {
    this.#core = new CorePreviews(core);
  }

  /** A run or a preview begins: the frames that are there belong to one before. */
  begin(): void {
    this.#untold.clear();
    this.#core.begin();
  }

  /**
   * A new frame lies in the core's memory. It stays there until `withdraw` or `end` says otherwise: call one of them before its buffer is
   * used again.
   */
  offer(frame: OfferedFrame, load: Load): void {
    if (this.#senders.size === 0 && this.#snaps.size === 0) {
      this.#core.withdraw(frame.stream);
      this.#untold.set(frame.stream, frame);
      return;
    }
    this.#untold.delete(frame.stream);
    this.#core.observe(load);
    this.#core.offer(frame);
    this.#serve();
  }

  /** The stream's frame goes: its buffer is used again. */
  withdraw(stream: number): void {
    this.#untold.delete(stream);
    this.#core.withdraw(stream);
  }

  /** The stream's camera has stopped. Its last frame, where it has not been withdrawn, is copied and stays to be looked at. */
  end(stream: number): void {
    this.#tell();
    this.#core.keep(stream);
    this.#serve();
  }

  /** Pictures for whoever holds the other end: `PortPreviews`. */
  connect(port: MessagePort): void {
    /** By the numbers of who looks. */
    const own = new Map<number, number>();
    const end = (subscription: number, number: number) => {
      this.#senders.get(number)?.close();
      this.#senders.delete(number);
      own.delete(subscription);
    };
    this.#ports.add(port);
    // Its other end went without a word: a worker was terminated.
    port.addEventListener("close", () => {
      if (this.#ports.delete(port)) own.forEach((number, subscription) => end(subscription, number));
    });
    port.onmessage = ({ data }: MessageEvent<ToCameras>) => {
      const { subscription } = data;
      const number = own.get(subscription);
      if (data.kind === "subscribe" && number === undefined) {
        own.set(subscription, this.#next);
        this.#senders.set(this.#next, new PictureSender(this.#core, this.#next, subscription, port, data.request));
        this.#next++;
      } else if (number === undefined) return;
      else if (data.kind === "update") this.#senders.get(number)?.update(data.request);
      else if (data.kind === "acknowledge") this.#senders.get(number)?.acknowledge(data.frame);
      else if (data.kind === "close") end(subscription, number);
      this.#serve();
    };
  }

  /**
   * One picture of the stream's next frame, at full size, as the message that the bridge sends; `null`: `cancelSnaps` was called before there was one.
   */
  snap(stream: number): Promise<Uint8Array<ArrayBuffer> | null> {
    this.#tell();
    const number = this.#next++;
    this.#core.ask(number, { stream, maxWidth: 0, maxHeight: 0 }, this.#core.sequence(stream), true);
    return new Promise((resolve) => this.#snaps.set(number, resolve));
  }

  /** The run has ended: snaps that it gave no frame get none. */
  cancelSnaps(): void {
    for (const [number, resolve] of this.#snaps) {
      this.#core.cancel(number);
      resolve(null);
    }
    this.#snaps.clear();
  }

  /** Pictures a second at most while storage needs the computer; `null`: as many as a screen shows. */
  get limitPerS(): number | null {
    return this.#core.limitPerS;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.cancelSnaps();
    for (const port of this.#ports) port.close();
    this.#ports.clear();
    this.#senders.clear();
    this.#core.close();
  }

  /** What came while nobody looked. */
  #tell(): void {
    for (const frame of this.#untold.values()) this.#core.offer(frame);
    this.#untold.clear();
  }

  #serve(): void {
    clearTimeout(this.#timer);
    if (this.#senders.size === 0 && this.#snaps.size === 0) return;
    this.#tell();
    let waiting = this.#snaps.size > 0;
    for (const sender of this.#senders.values()) if (sender.ask()) waiting = true;
    if (!waiting) return;
    const { pictures, waitMs } = this.#core.next();
    for (const picture of pictures) {
      const snapped = this.#snaps.get(picture.subscription);
      this.#snaps.delete(picture.subscription);
      snapped?.(picture.message);
      this.#senders.get(picture.subscription)?.send(picture);
    }
    if (waitMs !== null) this.#timer = setTimeout(() => this.#serve(), waitMs);
  }
}
