/** Pictures on their way to all clients together. One that is larger by itself goes alone. */
const ROOM_BYTES = 128 << 20;
/** What may be taken for a client that has not read what it was sent before: the rest stays for those who read. */
const ROOM_FOR_UNREAD_BYTES = 0.75 * ROOM_BYTES;
/** Who asks for a picture while others wait for room gives its turn up after so long, ms: its camera may rest. */
const ASKING_MS = 100;
/** A client that has not taken a picture for so long is cut off while others wait for room, ms. */
const UNTAKEN_MS = 2000;
const LOOK_EVERY_MS = 50;

/** What a place is taken for. */
export interface PlaceRequest {
  /** How large the picture will be, about. */
  bytes: number;
  /** Whether the client has bytes that it has not read. */
  hasUnread(): boolean;
  /** The client took its last picture at once: it goes before those of whom that is not known. */
  reads: boolean;
  /** Others wait, and the picture did not come: it should be asked for again, later. */
  onTurnOver(): void;
  /** Others wait, and the client does not take the picture: it should be cut off. */
  onUntaken(): void;
}

/** Room that a picture takes, from before it is asked for until the client has it. */
export interface Place {
  /** The picture is there, and goes to the client now. */
  sent(bytes: number): void;
  giveBack(): void;
}

interface Waiting {
  request: PlaceRequest;
  enter(place: Place): void;
}

interface Taken {
  request: PlaceRequest;
  bytes: number;
  sinceMs: number;
  sent: boolean;
}

/**
 * The memory of pictures that are being made or were not taken yet. Who wants one waits for room, in the order of asking,
 * those first who are known to read; while somebody waits, nobody keeps room that he does not use.
 */
export class PictureRoom {
  readonly #places = new Set<Taken>();
  #waiting: Waiting[] = [];
  #bytes = 0;
  #clock: NodeJS.Timeout | undefined;

  get bytesTaken(): number {
    return this.#bytes;
  }

  /** @returns null where the signal came before there was room. */
  take(request: PlaceRequest, signal: AbortSignal): Promise<Place | null> {
    if (signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const leave = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        this.#admit();
        resolve(null);
      };
      const waiting: Waiting = {
        request,
        enter: (place) => {
          signal.removeEventListener("abort", leave);
          resolve(place);
        },
      };
      signal.addEventListener("abort", leave, { once: true });
      const others = request.reads ? this.#waiting.findIndex((other) => !other.request.reads) : -1;
      this.#waiting.splice(others < 0 ? this.#waiting.length : others, 0, waiting);
      this.#admit();
    });
  }

  #admit(): void {
    const stay: Waiting[] = [];
    let full = false;
    for (const waiting of this.#waiting) {
      const { request } = waiting;
      const fits = (room: number): boolean => this.#bytes === 0 || this.#bytes + request.bytes <= room;
      const mustRead: boolean = !full && !fits(ROOM_FOR_UNREAD_BYTES) && request.hasUnread();
      if (!full && !mustRead && fits(ROOM_BYTES)) {
        waiting.enter(this.#place(request));
        continue;
      }
      // Nobody passes who waits for room alone: small pictures would keep a large one out for ever.
      full ||= !mustRead;
      stay.push(waiting);
    }
    this.#waiting = stay;
    if (stay.length > 0) this.#clock ??= setInterval(() => this.#press(), LOOK_EVERY_MS).unref();
    else {
      clearInterval(this.#clock);
      this.#clock = undefined;
    }
  }

  #place(request: PlaceRequest): Place {
    const taken: Taken = { request, bytes: request.bytes, sinceMs: performance.now(), sent: false };
    this.#places.add(taken);
    this.#bytes += taken.bytes;
    return {
      sent: (bytes) => {
        this.#bytes += bytes - taken.bytes;
        Object.assign(taken, { bytes, sent: true, sinceMs: performance.now() });
      },
      giveBack: () => {
        if (!this.#places.delete(taken)) return;
        this.#bytes -= taken.bytes;
        this.#admit();
      },
    };
  }

  #press(): void {
    const nowMs = performance.now();
    for (const { request, sent, sinceMs } of [...this.#places]) {
      if (nowMs - sinceMs <= (sent ? UNTAKEN_MS : ASKING_MS)) continue;
      if (sent) request.onUntaken();
      else request.onTurnOver();
    }
  }
}
