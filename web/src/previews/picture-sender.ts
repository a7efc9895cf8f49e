import type { PreviewRequest } from "@zarrcam/client/remote";
import { CreditWindow, addressPreview, readPreviewStamp } from "@zarrcam/protocol";

import type { CorePreviews, MadePicture } from "./core-previews.ts";
import type { FromCameras } from "./messages.ts";

/** One subscription: asks for the latest picture whenever who looks has credit for one, as the bridge does. */
export class PictureSender {
  readonly #core: CorePreviews;
  /** Among all of this worker. */
  readonly #number: number;
  /** As who looks counts them. */
  readonly #subscription: number;
  readonly #port: MessagePort;
  readonly #window = new CreditWindow();
  #request: PreviewRequest;
  #last: { run: number; sequence: number } | undefined;
  /** Whether the same frame may be sent again: the picture was asked for in another size. */
  #again = false;
  #asked = false;

  constructor(core: CorePreviews, number: number, subscription: number, port: MessagePort, request: PreviewRequest) {
    this.#core = core;
    this.#number = number;
    this.#subscription = subscription;
    this.#port = port;
    this.#request = request;
  }

  /** Asks for a picture, if there is credit for one. @returns whether one is waited for */
  ask(): boolean {
    if (this.#asked) return true;
    if (!this.#window.maySend(performance.now())) return false;
    const after = this.#again ? null : (this.#last?.sequence ?? null);
    // What was sent is wanted in its new size, though its run has ended.
    const request = this.#last ? { ...this.#request, endedRun: true } : this.#request;
    this.#core.ask(this.#number, request, after);
    return (this.#asked = true);
  }

  /** @param request of the same stream */
  update(request: PreviewRequest): void {
    this.#request = { ...request, stream: this.#request.stream };
    this.#again = true;
    this.#takeBack();
  }

  /** What was not on its way counts nothing. */
  acknowledge(frame: number): void {
    this.#window.onAck(frame, performance.now());
  }

  send({ message, sequence }: MadePicture): void {
    const { run, hardwareFrameId, capturedMs } = readPreviewStamp(message);
    const skipped = this.#last ? Math.max(0, sequence - this.#last.sequence - 1) : 0;
    if (this.#last?.run !== run) this.#window.reset();
    this.#last = { run, sequence };
    this.#asked = this.#again = false;
    addressPreview(message, this.#subscription, skipped);
    this.#window.onSent(hardwareFrameId, capturedMs, performance.now());
    this.#port.postMessage({ kind: "picture", message: message.buffer } satisfies FromCameras, [message.buffer]);
  }

  close(): void {
    this.#takeBack();
  }

  #takeBack(): void {
    if (this.#asked) this.#core.cancel(this.#number);
    this.#asked = false;
  }
}
