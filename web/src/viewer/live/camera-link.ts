// The view worker's own connection to whoever has the cameras: live pictures never pass through the page's thread, and nothing
// but pictures comes this way.
import { type PreviewSubscription, isZarrcamError } from "@zarrcam/client/remote";
import type { PreviewFrame, PreviewRoad } from "@zarrcam/protocol";

import { type PictureRequest, sameRequest } from "../core/picture-request.ts";
import { ENCODINGS } from "./decode-picture.ts";
import type { PictureWindow } from "./picture-window.ts";
import type { Previews } from "./pictures-source.ts";

const RETRY_MS = 500;
/** A refused subscription is asked for again after so long, ms. */
const REFUSED_MS = 5000;
/** Another contrast is told once the hand rests so long, ms. */
const REST_MS = 150;

/** What the connection for pictures tells the view worker. */
export interface CameraLinkEvents {
  /** The connection is there, or broke and is made again; `closed`: the bridge lets nobody in from here any more. */
  link(state: "connected" | "reconnecting" | "closed", reason: string | null): void;
  /** A picture has come. Resolves when it was drawn or overtaken: then its credit goes back. */
  picture(pane: number, frame: PreviewFrame): Promise<void>;
  /** Why a pane gets no pictures; null: it does, or wants none. */
  problem(pane: number, message: string | null): void;
}

interface Requested {
  stream: number;
  wanted: PictureRequest;
}
/** What is asked for, and the values that 8 bits are to tell apart; null: the bridge chooses, or has more bits. */
interface Asked extends Requested {
  window: PictureWindow | null;
}
interface Open {
  requested: Asked;
  subscription: PreviewSubscription;
}

/** One subscription a pane; changes are applied one after the other, the latest request wins. */
export class CameraLink {
  readonly #events: CameraLinkEvents;
  readonly #requested = new Map<number, Requested>();
  readonly #open = new Map<number, Open>();
  readonly #working = new Set<number>();
  readonly #refused = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #windows = new Map<number, PictureWindow | null>();
  /** Panes whose pictures have but 8 bits: to the others it is all the same which values they tell apart. */
  readonly #eightBits = new Set<number>();
  readonly #resting = new Map<number, ReturnType<typeof setTimeout>>();
  #previews: Previews | null = null;
  /** Changes with the place that pictures come from. */
  #place = {};
  #inSight = true;

  constructor(events: CameraLinkEvents) {
    this.#events = events;
  }

  /**
   * Takes pictures from there; what is requested stays.
   * @param connect the connection then comes back by itself where it breaks. Null: there are no cameras.
   */
  use(connect: (() => Promise<Previews>) | null): void {
    this.#place = {};
    this.#previews?.close();
    this.#previews = null;
    this.#open.clear();
    if (connect) void this.#connect(connect, this.#place);
  }

  /** @param wanted null: no pictures for this pane */
  request(pane: number, stream: number, wanted: PictureRequest | null): void {
    if (wanted) this.#requested.set(pane, { stream, wanted });
    else this.#requested.delete(pane);
    this.#settle(pane);
  }

  /** The contrast of a pane. @param window null: it follows the frames */
  setWindow(pane: number, window: PictureWindow | null): void {
    this.#windows.set(pane, window);
    if (!this.#eightBits.has(pane)) return;
    clearTimeout(this.#resting.get(pane));
    this.#resting.set(
      pane,
      setTimeout(() => this.#settle(pane), REST_MS),
    );
  }

  /** The network may be back: a connection that waits to be made again is made now, and one that is there is tried. */
  wake(): void {
    this.#previews?.wake?.();
  }

  /** What was refused may be granted: a stream that did not exist may exist now. */
  retry(): void {
    for (const pane of this.#requested.keys()) this.#settle(pane);
  }

  /** Whether anybody looks: a page out of sight leaves the connections to others. */
  setInSight(inSight: boolean): void {
    this.#inSight = inSight;
    this.#previews?.setInSight?.(inSight);
  }
  /** Nobody looks at a picture any more: one to come may have its memory. */
  giveBack(frame: PreviewFrame): void {
    this.#previews?.giveBack?.(frame);
  }
  /** By which road pictures come now. */
  get road(): PreviewRoad {
    return this.#previews?.road ?? "socket";
  }
  /** Takes one road, whichever is faster. For measurements. */
  fixRoad(road: PreviewRoad | null): void {
    this.#previews?.fixRoad?.(road);
  }

  async #connect(connect: () => Promise<Previews>, place: object): Promise<void> {
    const isLeft = () => this.#place !== place;
    try {
      const previews = await connect();
      if (isLeft()) return previews.close();
      this.#previews = previews;
      previews.setInSight?.(this.#inSight);
      this.#events.link("connected", null);
      previews.onConnection(({ state, reason }) => {
        if (isLeft()) return;
        // Closed from here it has no reason.
        if (state !== "closed" || reason) this.#events.link(state, reason?.message ?? null);
        // Another session of the bridge: subscriptions are made anew, whatever became of the old ones.
        if (state !== "connected") return;
        for (const { subscription } of this.#open.values()) void subscription.close();
        this.#open.clear();
        this.retry();
      });
      this.retry();
    } catch (error) {
      if (isLeft()) return;
      const isFinal = isZarrcamError(error, "not_paired");
      this.#events.link(isFinal ? "closed" : "reconnecting", error instanceof Error ? error.message : String(error));
      if (isFinal) return;
      setTimeout(() => {
        if (!isLeft()) void this.#connect(connect, place);
      }, RETRY_MS);
    }
  }

  #settle(pane: number): void {
    const previews = this.#previews;
    if (!previews || this.#working.has(pane)) return;
    this.#working.add(pane);
    clearTimeout(this.#refused.get(pane));
    this.#work(pane, previews)
      .then(
        () => this.#events.problem(pane, null),
        (error: unknown) => {
          if (previews !== this.#previews) return;
          this.#open.delete(pane);
          this.#events.problem(pane, error instanceof Error ? error.message : String(error));
          // What was refused for want of room may be granted when somebody else leaves.
          this.#refused.set(
            pane,
            setTimeout(() => this.#settle(pane), REFUSED_MS),
          );
        },
      )
      .finally(() => {
        this.#working.delete(pane);
        if (previews !== this.#previews) this.#settle(pane);
      });
  }

  async #work(pane: number, previews: Previews): Promise<void> {
    while (previews === this.#previews) {
      const requested = this.#askedFor(pane);
      const open = this.#open.get(pane);
      if (!requested) {
        if (!open) return;
        this.#open.delete(pane);
        await open.subscription.close();
      } else if (!open) await this.#subscribe(pane, requested, previews);
      else if (open.requested.stream !== requested.stream) {
        this.#open.delete(pane);
        await open.subscription.close();
      } else if (!sameRequest(open.requested.wanted, requested.wanted) || !sameWindow(open.requested, requested)) {
        await open.subscription.update(subscriptionOf(requested));
        open.requested = requested;
      } else return;
    }
  }

  #askedFor(pane: number): Asked | undefined {
    const requested = this.#requested.get(pane);
    const window = this.#eightBits.has(pane) ? (this.#windows.get(pane) ?? null) : null;
    return requested && { ...requested, window };
  }
  #came(pane: number, frame: PreviewFrame): Promise<void> {
    const eightBits = frame.header.adaptation?.window != null;
    if (eightBits !== this.#eightBits.has(pane)) {
      if (eightBits) this.#eightBits.add(pane);
      else this.#eightBits.delete(pane);
      this.#settle(pane);
    }
    return this.#events.picture(pane, frame);
  }

  async #subscribe(pane: number, requested: Asked, previews: Previews): Promise<void> {
    const subscription: PreviewSubscription = await previews.subscribePreview(
      subscriptionOf(requested),
      (frame) => this.#came(pane, frame),
      // It was ended from there.
      () => {
        if (this.#open.get(pane)?.subscription !== subscription) return;
        this.#open.delete(pane);
        setTimeout(() => this.#settle(pane), RETRY_MS);
      },
    );
    if (previews === this.#previews) this.#open.set(pane, { requested, subscription });
    else void subscription.close();
  }
}

function subscriptionOf({ stream, wanted: { maxWidth, maxHeight, region, lossless }, window }: Asked) {
  return {
    ...{ stream, maxWidth, maxHeight, region: region ?? undefined },
    // A page that comes after a run shows what the run left.
    endedRun: true,
    ...{ encodings: [...ENCODINGS], lossless, window: window ?? undefined },
  };
}

function sameWindow({ window: a }: Asked, { window: b }: Asked): boolean {
  return a?.minimum === b?.minimum && a?.maximum === b?.maximum;
}
