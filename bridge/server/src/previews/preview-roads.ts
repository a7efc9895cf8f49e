import type { PreviewRoad, PreviewRoadInForce } from "@zarrcam/protocol";

/** A way by which pictures reach one client: its session's socket, or a stream beside it. */
export interface PictureRoad {
  /** Bytes that the client has not read. */
  bufferedBytes(): number;
  /** Sends a picture. `taken` is called when the system has taken it, or the road is gone. */
  send(message: Uint8Array, taken: () => void): void;
  /** Calls back once when what is buffered now has been sent, or the road is gone. */
  whenDrained(callback: () => void): void;
  /** Ends the road: its client does not read, and others need the memory. */
  cutOff(): void;
}

/** A stream that a client has opened for the pictures of its session. */
export interface PictureStream extends PictureRoad {
  /** Pictures that have gone onto it. */
  readonly pictures: number;
}

/**
 * The roads of one session, and the one by which its pictures go: its socket until the client chooses the stream, and again as
 * soon as there is none.
 */
export class PreviewRoads {
  readonly #socket: PictureRoad;
  readonly #onChanged: (gone: PictureRoad | null) => void;
  #stream: PictureStream | null = null;
  #chosen: PreviewRoad = "socket";

  /** @param onChanged pictures go another way from now on; what went by `gone` and is not acknowledged will not arrive. */
  constructor(socket: PictureRoad, onChanged: (gone: PictureRoad | null) => void) {
    this.#socket = socket;
    this.#onChanged = onChanged;
  }

  get current(): PictureRoad {
    return (this.#chosen === "stream" && this.#stream) || this.#socket;
  }

  /** A stream has been opened. The one before it ends: a session has one. */
  open(stream: PictureStream): void {
    this.#end();
    this.#stream = stream;
  }
  /** A stream has ended, by whomever. */
  ended(stream: PictureStream): void {
    if (this.#stream === stream) this.#forget();
  }
  /** Who chooses the socket gives the stream up. */
  choose(road: PreviewRoad): PreviewRoadInForce {
    if (road === "socket") this.#end();
    else if (this.#stream && this.#chosen === "socket") {
      this.#chosen = road;
      this.#onChanged(null);
    }
    return { road: this.#chosen, pictures: this.#stream?.pictures ?? 0 };
  }
  close(): void {
    this.#end();
  }

  #end(): void {
    const stream = this.#stream;
    this.#forget();
    stream?.cutOff();
  }
  #forget(): void {
    const gone = this.#stream;
    this.#stream = null;
    this.#chosen = "socket";
    if (gone) this.#onChanged(gone);
  }
}
