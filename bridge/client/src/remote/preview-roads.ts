import type { PreviewRoad } from "@zarrcam/protocol";

import { PictureMemory } from "./picture-memory.ts";
import { PreviewStream } from "./preview-stream.ts";
import { RoadChoice } from "./road-choice.ts";
import type { RpcConnection } from "./rpc-connection.ts";
import type { Shown } from "./shown.ts";

/** A stream whose beginning has not come by then will not be waited for: its connection waits for others, or somebody keeps it back, ms. */
const OPEN_MS = 2000;
/** How often a stream is looked at, ms. */
const LOOK_MS = 500;
/** A stream by which nothing has come for so long is asked about, ms. */
const SILENT_MS = 1000;

/** Why a stream is left. */
type Leaving = "given up" | "broken";

export interface StreamOptions extends Shown {
  /**
   * Asks whether a connection may be held for pictures: those of a browser are few, and all its pages share them. It is called
   * before a stream is opened, and the function that it gives when it is over. Null: not now. Default: it may.
   */
  permit?: () => Promise<(() => void) | null>;
}

/**
 * The two roads by which pictures reach a client: its socket, and a stream that is opened beside it where it is faster. When the
 * stream breaks, is refused or keeps its bytes back, the same subscriptions go on by the socket.
 */
export class PreviewRoads {
  readonly #memory = new PictureMemory();
  readonly #url: string;
  readonly #shown: Shown;
  readonly #receive: (message: Uint8Array) => number;
  readonly #permit: () => Promise<(() => void) | null>;
  #choice = new RoadChoice();
  #connection: { rpc: RpcConnection; session: string } | null = null;
  #leaving: AbortController | null = null;
  #road: PreviewRoad = "socket";
  #inSight = true;
  #fixed: PreviewRoad | null = null;

  /**
   * @param url of the control socket
   * @param receive takes a picture; gives back when it was captured, ms
   */
  constructor(url: string, receive: (message: Uint8Array) => number, { permit, ...shown }: StreamOptions) {
    this.#url = url;
    this.#shown = shown;
    this.#receive = receive;
    this.#permit = permit ?? (() => Promise.resolve(() => undefined));
  }

  /** By which pictures come now. */
  get road(): PreviewRoad {
    return this.#road;
  }

  /** @param session its key; undefined: a bridge that has no streams */
  connected(rpc: RpcConnection, session: string | undefined): void {
    this.#connection = session === undefined ? null : { rpc, session };
    // Another connection, another measurement: it may be another bridge, or another network.
    this.#choice = new RoadChoice();
    this.#settle();
  }
  disconnected(): void {
    this.#connection = null;
    this.#leave("given up");
  }

  /** A picture came by the socket. */
  cameBySocket(message: Uint8Array): void {
    this.#came("socket", message);
  }

  /** Out of sight the stream is given up: its connection is for those who look. */
  setInSight(inSight: boolean): void {
    this.#inSight = inSight;
    this.#settle();
  }
  /** Takes one road, whichever is faster; null: the faster one. For measurements. */
  fix(road: PreviewRoad | null): void {
    this.#fixed = road;
    this.#settle();
  }

  /** Nobody looks any more at a picture that lies there. */
  giveBack(memory: ArrayBuffer): void {
    // Nothing else is read into memory of ours.
    if (this.#road === "stream") this.#memory.giveBack(memory);
  }

  #came(road: PreviewRoad, message: Uint8Array): void {
    const { byteLength } = message;
    const capturedMs = this.#receive(message);
    this.#choice.came(road, byteLength, Date.now() - capturedMs, performance.now());
    this.#settle();
  }

  #settle(): void {
    const wanted = this.#inSight ? (this.#fixed ?? this.#choice.wanted) : "socket";
    if (wanted === "socket") this.#leave("given up");
    else if (this.#connection && !this.#leaving) {
      this.#leaving = new AbortController();
      void this.#open(this.#connection, this.#leaving);
    }
  }

  #leave(why: Leaving): void {
    this.#leaving?.abort(why);
  }

  async #open({ rpc, session }: { rpc: RpcConnection; session: string }, leaving: AbortController): Promise<void> {
    const { signal } = leaving;
    const choice = this.#choice;
    const permitted = await this.#permit().catch(() => null);
    if (!permitted) {
      choice.heldBack(performance.now());
      this.#fixed = null;
    } else if (!signal.aborted) {
      try {
        await this.#read(rpc, session, leaving);
      } catch {
        // Refused, broken, or nonsense: whatever it was, the socket is there.
      }
      leaving.abort("broken" satisfies Leaving);
      // Whoever stands between may not tell the bridge that nobody reads any more.
      rpc.request("preview.road", { road: "socket" }).catch(() => undefined);
    }
    permitted?.();
    if (signal.reason === ("broken" satisfies Leaving)) {
      choice.broke(performance.now());
      this.#fixed = null;
    }
    choice.takes("socket", performance.now());
    this.#road = "socket";
    this.#memory.clear();
    this.#leaving = null;
    this.#settle();
  }

  /** Takes pictures by a stream until it is left or over. */
  async #read(rpc: RpcConnection, session: string, leaving: AbortController): Promise<void> {
    const { signal } = leaving;
    const late = setTimeout(() => leaving.abort("broken" satisfies Leaving), OPEN_MS);
    const opening = PreviewStream.open(this.#url, session, this.#memory, signal, this.#shown);
    const stream = await opening.finally(() => clearTimeout(late));
    let look: ReturnType<typeof setInterval> | undefined;
    try {
      const { road } = await rpc.request("preview.road", { road: "stream" });
      if (road !== "stream" || signal.aborted) return;
      this.#road = road;
      this.#choice.takes(road, performance.now());
      look = watchSilence(stream, rpc, {
        looked: () => {
          this.#choice.rested(performance.now());
          this.#settle();
        },
        inVain: () => leaving.abort("broken" satisfies Leaving),
      });
      for (;;) {
        const message = await stream.nextMessage();
        if (!message || signal.aborted) return;
        this.#came("stream", message);
      }
    } finally {
      clearInterval(look);
      await stream.cancel();
    }
  }
}

/**
 * Looks whether pictures that the bridge has put on the stream come: a stream that stands still does not say so. What was just
 * sent may be on its way, so two looks must find the same.
 */
function watchSilence(
  stream: PreviewStream,
  rpc: RpcConnection,
  { looked, inVain }: { looked: () => void; inVain: () => void },
): ReturnType<typeof setInterval> {
  let [bytes, sinceMs, owed] = [stream.bytes, performance.now(), false];
  return setInterval(() => {
    looked();
    const nowMs = performance.now();
    if (stream.bytes !== bytes) [bytes, sinceMs, owed] = [stream.bytes, nowMs, false];
    if (nowMs - sinceMs < SILENT_MS) return;
    rpc.request("preview.road", { road: "stream" }).then(
      ({ road, pictures }) => {
        if (stream.bytes !== bytes) return;
        if (road !== "stream" || (owed && pictures > stream.pictures)) inVain();
        owed = pictures > stream.pictures;
      },
      // The connection has ended, and the stream with it.
      () => undefined,
    );
  }, LOOK_MS);
}
