/** Pictures on their way to all clients together. One that is larger by itself goes alone. */
export const BUDGET_BYTES = 128 << 20;
/** What may be reserved for a client that has not read what it was sent before: the rest stays for those who read. */
const BUDGET_FOR_UNREAD_BYTES = 0.75 * BUDGET_BYTES;
/** Who asks for a picture while others wait for memory begins again after so long, ms: its camera may rest. */
const ASKING_MS = 100;
/** A client that has not taken a picture for so long is cut off while others wait for memory, ms. */
const UNTAKEN_MS = 2000;
const LOOK_EVERY_MS = 50;

/** A picture that memory is asked for. */
export interface ReservationRequest {
  /** How large the picture will be, about. */
  bytes: number;
  /** Whether the client has bytes that it has not read. */
  hasUnread(): boolean;
  /** Whether the client took its last picture at once: then it goes before those of whom that is not known. */
  reads: boolean;
  /** Called where others wait for memory and the picture has not come: it should be asked for again, later. */
  onOverdue(): void;
  /** Called where others wait for memory and the client does not take the picture: it should be cut off. */
  onUntaken(): void;
}

/** Memory of one picture, from before it is asked for until the client has it. */
export interface Reservation {
  /** The picture is there, has this size, and goes to the client now. */
  sent(bytes: number): void;
  /** Gives the memory back: the client has the picture, or it will not come. */
  release(): void;
}

interface Waiting {
  request: ReservationRequest;
  grant(reservation: Reservation): void;
}

interface Granted {
  request: ReservationRequest;
  bytes: number;
  sinceMs: number;
  sent: boolean;
}

/**
 * The memory of pictures that are being made or were not taken yet. Who wants one waits for memory, in the order of asking,
 * those first who are known to read; while somebody waits, nobody keeps memory that it does not use.
 */
export class PictureBudget {
  readonly #granted = new Set<Granted>();
  #waiting: Waiting[] = [];
  #bytes = 0;
  #clock: NodeJS.Timeout | undefined;

  get bytesReserved(): number {
    return this.#bytes;
  }

  /** Waits until there is memory for a picture. @returns null where the signal came before there was enough */
  reserve(request: ReservationRequest, signal: AbortSignal): Promise<Reservation | null> {
    if (signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const leave = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        this.#admit();
        resolve(null);
      };
      const waiting: Waiting = {
        request,
        grant: (reservation) => {
          signal.removeEventListener("abort", leave);
          resolve(reservation);
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
      const fits = (budget: number): boolean => this.#bytes === 0 || this.#bytes + request.bytes <= budget;
      const mustRead: boolean = !full && !fits(BUDGET_FOR_UNREAD_BYTES) && request.hasUnread();
      if (!full && !mustRead && fits(BUDGET_BYTES)) {
        waiting.grant(this.#grant(request));
        continue;
      }
      // Nobody passes who waits for memory alone: small pictures would keep a large one out for ever.
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

  #grant(request: ReservationRequest): Reservation {
    const granted: Granted = { request, bytes: request.bytes, sinceMs: performance.now(), sent: false };
    this.#granted.add(granted);
    this.#bytes += granted.bytes;
    return {
      sent: (bytes) => {
        this.#bytes += bytes - granted.bytes;
        Object.assign(granted, { bytes, sent: true, sinceMs: performance.now() });
      },
      release: () => {
        if (!this.#granted.delete(granted)) return;
        this.#bytes -= granted.bytes;
        this.#admit();
      },
    };
  }

  #press(): void {
    const nowMs = performance.now();
    for (const { request, sent, sinceMs } of [...this.#granted]) {
      if (nowMs - sinceMs <= (sent ? UNTAKEN_MS : ASKING_MS)) continue;
      if (sent) request.onUntaken();
      else request.onOverdue();
    }
  }
}
