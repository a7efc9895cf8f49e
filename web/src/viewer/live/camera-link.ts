// The view worker's own connection to the bridge: previews never pass through the page's thread.
import { type PreviewSubscription, RemoteRuntime } from "@zarrcam/client/remote";
import { type PreviewEnded, type PreviewFrame } from "@zarrcam/protocol";

import { type PictureRequest, sameRequest } from "../core/picture-request.ts";

const RETRY_MS = 500;
/** A refused subscription is asked for again after so long, ms. */
const REFUSED_MS = 5000;

export interface CameraLinkEvents {
  link(state: "connected" | "reconnecting", reason: string | null): void;
  /** Resolves when the picture was drawn or overtaken: that is when the credit goes back. */
  picture(pane: number, frame: PreviewFrame): Promise<void>;
  problem(pane: number, message: string | null): void;
}

interface Requested {
  stream: number;
  wanted: PictureRequest;
}

/** One subscription a pane; changes are applied one after the other, the latest request wins. */
export class CameraLink {
  readonly #url: string;
  readonly #events: CameraLinkEvents;
  readonly #requested = new Map<number, Requested>();
  readonly #open = new Map<
    number,
    { requested: Requested; subscription: PreviewSubscription; id: number | undefined }
  >();
  readonly #working = new Set<number>();
  readonly #refused = new Map<number, ReturnType<typeof setTimeout>>();
  #runtime: RemoteRuntime | null = null;

  constructor(url: string, events: CameraLinkEvents) {
    this.#url = url;
    this.#events = events;
    void this.#connect();
  }

  /** @param wanted null: no pictures for this pane */
  request(pane: number, stream: number, wanted: PictureRequest | null): void {
    if (wanted) this.#requested.set(pane, { stream, wanted });
    else this.#requested.delete(pane);
    this.#settle(pane);
  }

  /** What was refused may be granted: a stream that did not exist may exist now. */
  retry(): void {
    for (const pane of this.#requested.keys()) this.#settle(pane);
  }

  async #connect(): Promise<void> {
    try {
      const runtime = await RemoteRuntime.connect(this.#url, { reconnect: true });
      this.#runtime = runtime;
      this.#events.link("connected", null);
      runtime.onConnection(({ state, reason }) => {
        if (state !== "closed") this.#events.link(state, reason?.message ?? null);
        // Another session of the bridge: subscriptions are made anew, whatever became of the old ones.
        if (state !== "connected") return;
        for (const { subscription } of this.#open.values()) void subscription.close();
        this.#open.clear();
        this.retry();
      });
      runtime.on("preview.ended" as never, (ended: PreviewEnded) => this.#ended(ended));
      this.retry();
    } catch (error) {
      this.#events.link("reconnecting", error instanceof Error ? error.message : String(error));
      setTimeout(() => void this.#connect(), RETRY_MS);
    }
  }

  #settle(pane: number): void {
    if (!this.#runtime || this.#working.has(pane)) return;
    this.#working.add(pane);
    this.#work(pane, this.#runtime)
      .then(
        () => this.#events.problem(pane, null),
        (error: unknown) => {
          this.#open.delete(pane);
          this.#events.problem(pane, error instanceof Error ? error.message : String(error));
          // What was refused for want of room may be granted when somebody else leaves.
          clearTimeout(this.#refused.get(pane));
          this.#refused.set(
            pane,
            setTimeout(() => this.#settle(pane), REFUSED_MS),
          );
        },
      )
      .finally(() => this.#working.delete(pane));
  }

  async #work(pane: number, runtime: RemoteRuntime): Promise<void> {
    for (;;) {
      const requested = this.#requested.get(pane);
      const open = this.#open.get(pane);
      if (!requested) {
        if (!open) return;
        this.#open.delete(pane);
        await open.subscription.close();
      } else if (!open) {
        const { stream, wanted } = requested;
        const entry: { id: number | undefined } = { id: undefined };
        const opened = await runtime.subscribePreview(subscriptionOf(stream, wanted), (frame) => {
          entry.id = frame.header.subscription;
          return this.#events.picture(pane, frame);
        });
        this.#open.set(pane, Object.assign(entry, { requested, subscription: opened }));
      } else if (open.requested.stream !== requested.stream) {
        this.#open.delete(pane);
        await open.subscription.close();
      } else if (!sameRequest(open.requested.wanted, requested.wanted)) {
        await open.subscription.update(subscriptionOf(requested.stream, requested.wanted));
        open.requested = requested;
      } else return;
    }
  }

  #ended({ subscription }: PreviewEnded): void {
    for (const [pane, open] of this.#open) {
      if (open.id !== subscription) continue;
      this.#open.delete(pane);
      setTimeout(() => this.#settle(pane), RETRY_MS);
    }
  }
}

function subscriptionOf(stream: number, { maxWidth, maxHeight, region }: PictureRequest) {
  // A page that comes after a run shows what the run left.
  return { stream, maxWidth, maxHeight, region: region ?? undefined, endedRun: true };
}
