// For tests: a network between a client and its bridge that carries so much, and takes its time. All connections share it, in turns,
// and each way has its own. No library does this for TCP: those that there are proxy HTTP, or are a program to be installed.
import { type AddressInfo, type Socket, connect, createServer } from "node:net";

export interface LinkOptions {
  /** What it carries in each direction, bytes a second. */
  bytesPerS: number;
  /** Round trip while nothing else is under way, ms. */
  roundTripMs: number;
}

/** So much waits on the link itself, ms; what waits besides waits where it comes from. */
const QUEUE_MS = 10;
const LEAST_SLICE_BYTES = 2048;
/** A slice takes no longer than that, ms. */
const SLICE_MS = 1;
/** What is not taken at the far end is not asked for any more, bytes. */
const MOST_UNTAKEN_BYTES = 256 << 10;

interface Pipe {
  from: Socket;
  to: Socket;
}
interface Slice {
  atMs: number;
  to: Socket;
  /** Null: that was all. */
  bytes: Buffer | null;
}

/** One way of the link. */
class Way {
  readonly #link: LinkOptions;
  readonly #ready = new Set<Pipe>();
  readonly #slices: Slice[] = [];
  #freeMs = 0;
  #pumping: NodeJS.Timeout | undefined;
  #delivering: NodeJS.Timeout | undefined;

  constructor(link: LinkOptions) {
    this.#link = link;
  }

  add(from: Socket, to: Socket): void {
    const pipe = { from, to };
    from.on("readable", () => this.#wake(pipe));
    to.on("drain", () => this.#wake(pipe));
    from.on("end", () => this.#put(to, null));
  }

  #wake(pipe: Pipe): void {
    this.#ready.add(pipe);
    this.#pump();
  }

  /** Takes slices in turns, as long as there is room on the link. */
  #pump(): void {
    if (this.#pumping) return;
    const { bytesPerS } = this.#link;
    while (this.#ready.size > 0 && this.#freeMs - performance.now() < QUEUE_MS) {
      const [pipe] = this.#ready as unknown as [Pipe];
      this.#ready.delete(pipe);
      const { from, to } = pipe;
      const most = Math.max(LEAST_SLICE_BYTES, (bytesPerS / 1000) * SLICE_MS);
      const length = Math.min(most, from.readableLength);
      if (length === 0 || to.writableLength > MOST_UNTAKEN_BYTES) {
        // Asks for more, of which `readable` tells.
        if (length === 0) from.read(0);
        continue;
      }
      const bytes = from.read(Math.floor(length)) as Buffer | null;
      if (!bytes) continue;
      this.#freeMs = Math.max(this.#freeMs, performance.now()) + (bytes.length / bytesPerS) * 1000;
      this.#put(to, bytes);
      this.#ready.add(pipe);
    }
    if (this.#ready.size === 0) return;
    this.#pumping = setTimeout(
      () => {
        this.#pumping = undefined;
        this.#pump();
      },
      Math.max(1, this.#freeMs - performance.now() - QUEUE_MS / 2),
    );
  }

  #put(to: Socket, bytes: Buffer | null): void {
    const atMs = Math.max(this.#freeMs, performance.now()) + this.#link.roundTripMs / 2;
    this.#slices.push({ atMs, to, bytes });
    this.#deliver();
  }
  #deliver(): void {
    if (this.#delivering) return;
    for (;;) {
      const [slice] = this.#slices;
      if (!slice) return;
      const inMs = slice.atMs - performance.now();
      if (inMs > 0) {
        this.#delivering = setTimeout(() => {
          this.#delivering = undefined;
          this.#deliver();
        }, inMs);
        return;
      }
      this.#slices.shift();
      if (slice.to.destroyed) continue;
      if (slice.bytes) slice.to.write(slice.bytes);
      else slice.to.end();
    }
  }

  close(): void {
    clearTimeout(this.#pumping);
    clearTimeout(this.#delivering);
  }
}

export class SlowLink {
  readonly #options: LinkOptions;
  readonly #there: Way;
  readonly #back: Way;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) => this.#pass(near));
  readonly #bridge: { port: number; host: string };

  private constructor(bridge: { port: number; host: string }, options: LinkOptions) {
    this.#bridge = bridge;
    this.#options = { ...options };
    this.#there = new Way(this.#options);
    this.#back = new Way(this.#options);
  }

  static async before(
    { port, host = "127.0.0.1" }: { port: number; host?: string },
    options: LinkOptions,
  ): Promise<SlowLink> {
    const link = new SlowLink({ port, host }, options);
    await new Promise<void>((resolve) => link.#server.listen(0, "127.0.0.1", resolve));
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on it carries so much. */
  set(options: Partial<LinkOptions>): void {
    Object.assign(this.#options, options);
  }
  /** The network is another: all connections end without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#there.close();
    this.#back.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(near: Socket): void {
    const far = connect(this.#bridge);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => other.destroy());
      socket.on("close", (broken) => {
        this.#sockets.delete(socket);
        if (broken) other.destroy();
      });
    }
    this.#there.add(near, far);
    this.#back.add(far, near);
  }
}
