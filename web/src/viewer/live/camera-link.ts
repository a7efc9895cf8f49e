// The view worker's own connection to the bridge: live pictures never pass through the page's thread, and nothing but
// pictures comes this way.
import { type PreviewSubscription, RemotePreviews, introduce } from "@zarrcam/client/remote";
import type { PreviewFrame } from "@zarrcam/protocol";

import { type PictureRequest, sameRequest } from "../core/picture-request.ts";

const RETRY_MS = 500;
/** A refused subscription is asked for again after so long, ms. */
const REFUSED_MS = 5000;

/** What the connection for pictures tells the view worker. */
export interface CameraLinkEvents {
  /** The connection is there, or broke and is made again. */
  link(state: "connected" | "reconnecting", reason: string | null): void;
  /** A picture has come. Resolves when it was drawn or overtaken: then its credit goes back. */
  picture(pane: number, frame: PreviewFrame): Promise<void>;
  /** Why a pane gets no pictures; null: it does, or wants none. */
  problem(pane: number, message: string | null): void;
}

/** As much of a connection as pictures take. */
export type Previews = Pick<RemotePreviews, "onConnection" | "subscribePreview">;

interface Requested {
  stream: number;
  wanted: PictureRequest;
}
interface Open {
  requested: Requested;
  subscription: PreviewSubscription;
}

/** One subscription a pane; changes are applied one after the other, the latest request wins. */
export class CameraLink {
  readonly #connectOnce: () => Promise<Previews>;
  readonly #events: CameraLinkEvents;
  readonly #requested = new Map<number, Requested>();
  readonly #open = new Map<number, Open>();
  readonly #working = new Set<number>();
  readonly #refused = new Map<number, ReturnType<typeof setTimeout>>();
  #previews: Previews | null = null;

  /** @param connect to the bridge; the connection then comes back by itself where it breaks */
  constructor(events: CameraLinkEvents, connect: () => Promise<Previews>) {
    this.#events = events;
    this.#connectOnce = connect;
    void this.#connect();
  }

  /** @param url of the bridge's control socket */
  static to(url: string, events: CameraLinkEvents): CameraLink {
    return new CameraLink(events, async () => {
      // Whether a worker's socket may leave for another computer is a question of its own.
      if (new URL(url).host !== self.location.host) await introduce(url);
      return RemotePreviews.connect(url, { reconnect: true });
    });
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
      const previews = await this.#connectOnce();
      this.#previews = previews;
      this.#events.link("connected", null);
      previews.onConnection(({ state, reason }) => {
        if (state !== "closed") this.#events.link(state, reason?.message ?? null);
        // Another session of the bridge: subscriptions are made anew, whatever became of the old ones.
        if (state !== "connected") return;
        for (const { subscription } of this.#open.values()) void subscription.close();
        this.#open.clear();
        this.retry();
      });
      this.retry();
    } catch (error) {
      this.#events.link("reconnecting", error instanceof Error ? error.message : String(error));
      setTimeout(() => void this.#connect(), RETRY_MS);
    }
  }

  #settle(pane: number): void {
    if (!this.#previews || this.#working.has(pane)) return;
    this.#working.add(pane);
    clearTimeout(this.#refused.get(pane));
    this.#work(pane, this.#previews)
      .then(
        () => this.#events.problem(pane, null),
        (error: unknown) => {
          this.#open.delete(pane);
          this.#events.problem(pane, error instanceof Error ? error.message : String(error));
          // What was refused for want of room may be granted when somebody else leaves.
          this.#refused.set(
            pane,
            setTimeout(() => this.#settle(pane), REFUSED_MS),
          );
        },
      )
      .finally(() => this.#working.delete(pane));
  }

  async #work(pane: number, previews: Previews): Promise<void> {
    for (;;) {
      const requested = this.#requested.get(pane);
      const open = this.#open.get(pane);
      if (!requested) {
        if (!open) return;
        this.#open.delete(pane);
        await open.subscription.close();
      } else if (!open) await this.#subscribe(pane, requested, previews);
      else if (open.requested.stream !== requested.stream) {
        this.#open.delete(pane);
        await open.subscription.close();
      } else if (!sameRequest(open.requested.wanted, requested.wanted)) {
        await open.subscription.update(subscriptionOf(requested));
        open.requested = requested;
      } else return;
    }
  }

  async #subscribe(pane: number, requested: Requested, previews: Previews): Promise<void> {
    const subscription: PreviewSubscription = await previews.subscribePreview(
      subscriptionOf(requested),
      (frame) => this.#events.picture(pane, frame),
      // The bridge ended it by itself.
      () => {
        if (this.#open.get(pane)?.subscription !== subscription) return;
        this.#open.delete(pane);
        setTimeout(() => this.#settle(pane), RETRY_MS);
      },
    );
    this.#open.set(pane, { requested, subscription });
  }
}

function subscriptionOf({ stream, wanted: { maxWidth, maxHeight, region } }: Requested) {
  // A page that comes after a run shows what the run left.
  return { stream, maxWidth, maxHeight, region: region ?? undefined, endedRun: true };
}
