import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Requests of one connection that wait for their answers, over which it is not read any more. */
export const MOST_WAITING = 16;
/** Waiting requests of all connections; who goes beyond is cut off. Each is some kB. */
export const MOST_WAITING_IN_ALL = 20_000;
/** A connection that has asked nothing for so long goes first when room is needed, ms; a younger one is spared. */
const NEWCOMER_MS = 500;
/** A client that has left the bytes of its answer lying for so long is cut off when room is needed, ms. */
const STALLED_MS = 200;
/** Newcomers for whom nobody could make room: they may become sessions, or are told to come again. */
const MOST_EXTRA = 64;

/** One HTTP connection: its requests are answered one after the other. */
class Connection {
  readonly socket: Socket;
  /** When it last asked, or took bytes of an answer; `performance.now`. */
  activeMs = performance.now();
  asked = false;
  waiting = 0;
  /** Whether it came when all connections were taken and nobody could make room. */
  extra = false;
  /** Whether it makes room for nobody, stalled or not. */
  kept = false;
  #last: Promise<void> = Promise.resolve();
  readonly #gate = () => {
    // Node resumes a socket after every answer.
    if (this.waiting >= MOST_WAITING) this.socket.pause();
  };
  readonly #active = () => void (this.activeMs = performance.now());

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("resume", this.#gate);
    socket.on("drain", this.#active);
  }

  answer(response: ServerResponse, work: () => Promise<void>, onDone: () => void): void {
    this.asked = true;
    this.waiting += 1;
    this.#active();
    this.#gate();
    this.#last = this.#last.then(async () => {
      // Behind an answer that ends the connection there is none: its response never gets the socket.
      if (!this.socket.destroyed && response.socket !== null) {
        const closed = new Promise((resolve) => response.once("close", resolve));
        await work();
        await closed;
      }
      this.waiting -= 1;
      this.#active();
      onDone();
      if (this.waiting === MOST_WAITING - 1) this.socket.resume();
    });
  }

  /** Resolves when every request that came has been answered. */
  answered(): Promise<void> {
    return this.#last;
  }

  release(): void {
    this.socket.off("resume", this.#gate);
    this.socket.off("drain", this.#active);
  }
}

/**
 * The HTTP connections of a bridge. When all are taken and another comes, the one that is needed least makes room. Where
 * all others are being served, a new one may still become a session of the control socket; those are none of these.
 */
export class Connections {
  readonly #most: number;
  readonly #all = new Map<object, Connection>();
  #waiting = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#all.size;
  }

  add(socket: Socket): void {
    if (this.#all.has(socket)) return;
    const connection = new Connection(socket);
    if (this.#all.size >= this.#most) {
      const least = this.#leastNeeded(performance.now());
      if (least) this.#cutOff(least);
      else connection.extra = true;
      if (this.#all.size >= this.#most + MOST_EXTRA) this.#cutOff(this.#oldestExtra() ?? connection);
      if (socket.destroyed) return;
    }
    this.#all.set(socket, connection);
    socket.once("close", () => this.#forget(connection));
  }

  /**
   * Answers when all requests before it on its connection are answered. `work` must not reject; `refuse` answers where
   * there is no room.
   */
  answer(response: ServerResponse, work: () => Promise<void>, refuse: () => Promise<void>): void {
    const { socket } = response.req;
    const connection = this.#all.get(socket);
    if (!connection || this.#waiting >= MOST_WAITING_IN_ALL) return void socket.destroy();
    if (this.#all.size <= this.#most) connection.extra = false;
    this.#waiting += 1;
    connection.answer(response, connection.extra ? refuse : work, () => (this.#waiting -= 1));
  }

  /** What it is given cannot be asked for again: it makes room for nobody, until it closes. */
  keep(socket: object): void {
    const connection = this.#all.get(socket);
    if (connection) connection.kept = true;
  }

  /** Resolves when every request that came over it has been answered. */
  async answered(socket: object): Promise<void> {
    await this.#all.get(socket)?.answered();
  }

  /** Whether a request of this connection waits for its answer, or has a part of it. */
  isBusy(socket: object): boolean {
    return (this.#all.get(socket)?.waiting ?? 0) > 0;
  }

  /** Forgets a connection that has become a session's. */
  release(socket: object): void {
    const connection = this.#all.get(socket);
    if (connection) this.#forget(connection);
  }

  #cutOff(connection: Connection): void {
    this.#forget(connection);
    connection.socket.destroy();
  }

  #forget(connection: Connection): void {
    connection.release();
    this.#all.delete(connection.socket);
  }

  #oldestExtra(): Connection | undefined {
    for (const connection of this.#all.values()) if (connection.extra && connection.waiting === 0) return connection;
    return undefined;
  }

  /** The connection that is to make room: one that has asked nothing, else one that waits for nothing, else one that does not read; of each kind the one that has done so for the longest. */
  #leastNeeded(nowMs: number): Connection | null {
    const rank = ({ asked, waiting, activeMs, socket, kept }: Connection): number => {
      if (kept) return 0;
      const quietMs = nowMs - activeMs;
      if (waiting > 0) return quietMs > STALLED_MS && socket.writableLength > 0 ? 1 : 0;
      if (asked) return 2;
      return quietMs > NEWCOMER_MS ? 3 : 0;
    };
    let least: Connection | null = null;
    let leastRank = 0;
    for (const connection of this.#all.values()) {
      const its = rank(connection);
      const isLess =
        its > leastRank || (its > 0 && its === leastRank && connection.activeMs < (least?.activeMs ?? Infinity));
      if (isLess) [least, leastRank] = [connection, its];
    }
    return least;
  }
}
