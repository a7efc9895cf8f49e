// For tests: what may stand between a page and its bridge.
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from "node:http";
import { type AddressInfo, type Socket, connect } from "node:net";

/** What it does with streams of previews; everything else passes. */
export type Mood =
  | "passes"
  /** Keeps the body back until it is over. */
  | "keeps back"
  /** Passes so many bytes and keeps back what follows, without ending. */
  | { keepsBackAfter: number }
  /** Ends in the middle. */
  | { breaksAfter: number }
  | { refuses: number };

/** Speaks to a bridge in the name of its own address, as the bridge takes no other. */
export class Proxy {
  mood: Mood = "passes";
  /** Streams that were asked for. */
  asked = 0;
  /** Of those, the ones that have not ended. */
  open = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #bridge: number;

  private constructor(bridge: number) {
    this.#bridge = bridge;
    this.#server = createServer((asked, answer) => this.#pass(asked, answer));
    this.#server.on("connection", (socket: Socket) => this.#keep(socket));
    this.#server.on("upgrade", (asked: IncomingMessage, socket: Socket, head: Buffer) => {
      const onward = this.#keep(connect(bridge, "127.0.0.1"));
      const lines = asked.rawHeaders.flatMap((name, at, all) => {
        if (at % 2 === 1 || /^origin$/i.test(name)) return [];
        return [`${name}: ${/^host$/i.test(name) ? `127.0.0.1:${bridge}` : all[at + 1]}\r\n`];
      });
      onward.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
  }

  static async before(bridge: { port: number }): Promise<Proxy> {
    const proxy = new Proxy(bridge.port);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** Of the page. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const isStream = asked.url?.startsWith("/sessions/") ?? false;
    const mood = isStream ? this.mood : "passes";
    if (isStream) {
      this.asked += 1;
      this.open += 1;
      answer.once("close", () => (this.open -= 1));
    }
    if (typeof mood === "object" && "refuses" in mood) return void answer.writeHead(mood.refuses).end();
    const { origin: _, ...headers } = { ...asked.headers, host: `127.0.0.1:${this.#bridge}` };
    const onward = request({ port: this.#bridge, host: "127.0.0.1", path: asked.url, headers, agent: false });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    onward.on("response", (given) => {
      const { connection: _, "transfer-encoding": __, ...kept } = given.headers;
      answer.writeHead(given.statusCode ?? 500, kept);
      answer.flushHeaders();
      let left = passedBytes(mood);
      given.on("data", (data: Buffer) => {
        if (left > 0) answer.write(data.subarray(0, left));
        left = Math.max(0, left - data.length);
        if (left === 0 && typeof mood === "object" && "breaksAfter" in mood) answer.destroy();
      });
      given.on("end", () => answer.end());
      given.on("error", () => answer.destroy());
    });
    onward.end();
  }
}

function passedBytes(mood: Mood): number {
  if (mood === "passes") return Infinity;
  if (mood === "keeps back" || "refuses" in mood) return 0;
  return "breaksAfter" in mood ? mood.breaksAfter : mood.keepsBackAfter;
}
