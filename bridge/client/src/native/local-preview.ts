import { parsePreviewFrame } from "@zarrcam/protocol";

import type { PreviewListener, PreviewRequest, PreviewSubscription } from "../previews.ts";
import type { HostRuntime, PreviewPicture } from "./host-runtime.ts";

/** A subscription in process: asks for the next picture when the listener is done with the one before. */
export class LocalPreview implements PreviewSubscription {
  readonly #runtime: Pick<HostRuntime, "nextPreview">;
  readonly #listener: PreviewListener;
  readonly #onClose: () => void;
  readonly #onEnded: (() => void) | undefined;
  #request: PreviewRequest;
  #change = new AbortController();
  #closed = false;

  constructor(
    runtime: Pick<HostRuntime, "nextPreview">,
    request: PreviewRequest,
    listener: PreviewListener,
    onClose: () => void,
    onEnded: (() => void) | undefined,
  ) {
    this.#runtime = runtime;
    this.#request = request;
    this.#listener = listener;
    this.#onClose = onClose;
    this.#onEnded = onEnded;
    void this.#run();
  }

  update(request: Omit<PreviewRequest, "stream">): Promise<void> {
    this.#request = { ...request, stream: this.#request.stream };
    this.#change.abort();
    this.#change = new AbortController();
    return Promise.resolve();
  }

  /** Ends the subscription because the runtime gives no more pictures, and says so by `onEnded`. */
  end(): void {
    if (this.#closed) return;
    void this.close();
    this.#onEnded?.();
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#change.abort();
      this.#onClose();
    }
    return Promise.resolve();
  }

  async #run(): Promise<void> {
    let after: number | null = null;
    let seen = false;
    while (!this.#closed) {
      const { signal } = this.#change;
      // Rejects when the runtime is closed: nothing follows then.
      const picture: PreviewPicture | null | void = await this.#runtime
        // What was seen is wanted in its new size, though its run has ended.
        .nextPreview(seen ? { ...this.#request, endedRun: true } : this.#request, after, signal)
        .catch(() => this.close());
      if (this.#closed || picture === undefined) return;
      // Another size: the frame that is there is wanted again.
      after = picture?.sequence ?? null;
      if (picture === null) continue;
      seen = true;
      try {
        await this.#listener(parsePreviewFrame(picture.message));
      } catch (error) {
        // The listener's fault: it surfaces as any other, and the next picture still comes.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
