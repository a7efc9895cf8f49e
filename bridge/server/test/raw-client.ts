import { type ClientOptions, WebSocket } from "ws";

import type { Bridge } from "../src/index.ts";

export interface Closed {
  code: number;
  reason: string;
}

/** A client that sends what it is told to, right or wrong. */
export class RawClient {
  readonly socket: WebSocket;
  readonly texts: Record<string, unknown>[] = [];
  readonly pictures: { subscription: number; run: number; frame: number; skipped: number; atMs: number }[] = [];
  readonly closed: Promise<Closed>;
  #nextId = 1;
  readonly #watchers = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) =>
      socket.on("close", (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#look();
      }),
    );
    socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) {
        this.pictures.push({
          subscription: data.readUInt32LE(8),
          run: data.readUInt32LE(20),
          frame: Number(data.readBigUInt64LE(56)),
          skipped: Number(data.readBigUInt64LE(112)),
          atMs: performance.now(),
        });
      } else this.texts.push(JSON.parse(data.toString()) as Record<string, unknown>);
      this.#look();
    });
  }

  /** @param query of the address, with its question mark. */
  static open(bridge: Pick<Bridge, "port">, query = "") {
    return RawClient.openAt(`ws://127.0.0.1:${bridge.port}/ws${query}`);
  }

  static async openAt(url: string, options: ClientOptions = {}, protocols: string[] = []) {
    const socket = new WebSocket(url, ["zarrcam.v1", ...protocols], options);
    const client = new RawClient(socket);
    await client.until(() => client.texts.some(({ method }) => method === "hello"));
    return client;
  }

  async until(condition: () => boolean, what = "condition", timeoutMs = 10_000): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    while (!condition()) {
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`${what} did not come about: the socket is closed`);
      if (performance.now() > endMs)
        throw new Error(`${what} did not come about: ${JSON.stringify(this.texts.slice(-5))}`);
      await new Promise<void>((resolve) => {
        this.#watchers.add(resolve);
        setTimeout(resolve, 50);
      });
    }
  }

  notifications(name: string): Record<string, unknown>[] {
    return this.texts.filter(({ method }) => method === name).map(({ params }) => params as Record<string, unknown>);
  }

  /** Sends text as it is and gives the next answer, of whatever id. */
  async answerTo(text: string): Promise<Record<string, unknown>> {
    const before = this.texts.length;
    this.socket.send(text);
    const isAnswer = (message: Record<string, unknown>) => "result" in message || "error" in message;
    await this.until(() => this.texts.slice(before).some(isAnswer), `an answer to ${text.slice(0, 100)}`);
    return this.texts.slice(before).find(isAnswer)!;
  }

  async call<T = unknown>(method: string, params: object = {}): Promise<T> {
    const id = `call ${this.#nextId++}`;
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    await this.until(() => this.texts.some((message) => message.id === id), `an answer to ${method}`, 60_000);
    const answer = this.texts.find((message) => message.id === id)! as { result?: T; error?: { data: object } };
    if (answer.error) throw Object.assign(new Error(JSON.stringify(answer.error)), answer.error);
    return answer.result as T;
  }

  notify(method: string, params: object): void {
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  /** Gives every picture's credit back at once. */
  acknowledgeAll(): void {
    this.socket.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) return;
      const frame = Number(data.readBigUInt64LE(56));
      this.notify("preview.ack", { subscription: data.readUInt32LE(8), frame });
    });
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}
