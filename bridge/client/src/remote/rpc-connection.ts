import {
  type Hello,
  type MethodName,
  type Params,
  type Result,
  SUBPROTOCOL,
  closeCodes,
  incomingSchema,
} from "@zarrcam/protocol";
import { safeParse } from "valibot";

import { DisconnectedError, NotPairedError, type ZarrcamErrorDetails, errorFromData } from "../errors.ts";
import type { WebSocketConstructor, WebSocketLike } from "./web-socket.ts";

/** What a connection tells its owner. */
export interface ConnectionHandlers {
  notification(name: string, params: unknown): void;
  binary(message: Uint8Array): void;
  /** The connection has ended: called once, and only where it had been made. */
  closed(reason: DisconnectedError): void;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** A connection whose bridge has said `hello`. */
export interface GreetedConnection {
  connection: RpcConnection;
  /** What the bridge said first. All fields are there only where the session wants every notification. */
  hello: Hello;
}

/** One socket's life: requests find their answers, and fail when it ends. */
export class RpcConnection {
  readonly #socket: WebSocketLike;
  readonly #handlers: ConnectionHandlers;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #closed: DisconnectedError | undefined;
  readonly #url: string;
  /** Messages that have come. */
  #heard = 0;
  #proving: ReturnType<typeof setTimeout> | undefined;
  #encodings: Hello["encodings"];

  private constructor(url: string, socket: WebSocketLike, handlers: ConnectionHandlers) {
    this.#url = url;
    this.#socket = socket;
    this.#handlers = handlers;
  }

  /** How the bridge may make pictures smaller for the network; undefined: it knows nothing of that. */
  get encodings(): Hello["encodings"] {
    return this.#encodings;
  }

  /**
   * Resolves with the bridge's `hello`, after which its state is known.
   *
   * @param protocols that are offered besides the own: a ticket.
   */
  static open(
    url: string,
    WebSocket: WebSocketConstructor,
    protocols: readonly string[],
    handlers: ConnectionHandlers,
    timeoutMs: number,
  ): Promise<GreetedConnection> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, [SUBPROTOCOL, ...protocols]);
      socket.binaryType = "arraybuffer";
      const connection = new RpcConnection(url, socket, handlers);
      let greeted = false;
      const fail = (why: string) => {
        if (greeted) return;
        greeted = true;
        clearTimeout(timer);
        connection.#closed = new DisconnectedError(why);
        socket.close();
        reject(connection.#closed);
      };
      const timer = setTimeout(() => fail(`${url} did not answer within ${timeoutMs} ms.`), timeoutMs);
      socket.addEventListener("error", () => fail(`No zarrcam answers at ${url}.`));
      socket.addEventListener("close", ({ code, reason }) => {
        fail(`${url} closed the connection (${code}${reason ? `, ${reason}` : ""}).`);
        connection.#end(
          code === closeCodes.revoked
            ? new NotPairedError(`The bridge at ${url} does not let this client in any more.`)
            : new DisconnectedError(`The connection to ${url} ended (${code}${reason ? `, ${reason}` : ""}).`),
        );
      });
      socket.addEventListener("message", ({ data }) => {
        connection.#heard += 1;
        // It was given up, though its bytes come late.
        if (connection.#closed) return;
        if (typeof data !== "string") {
          if (data instanceof ArrayBuffer) handlers.binary(new Uint8Array(data));
          return;
        }
        const hello = connection.#receive(data);
        if (hello && !greeted) {
          greeted = true;
          clearTimeout(timer);
          connection.#encodings = hello.encodings;
          resolve({ connection, hello });
        }
      });
    });
  }

  request<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: (result) => resolve(result as Result<M>), reject });
      this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  notify<M extends MethodName>(method: M, params: Params<M>): void {
    if (!this.#closed) this.#socket.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  /** Asks for a sign of life, whatever it is. Where nothing comes in time the connection has ended, whatever the system says. */
  prove(withinMs: number): void {
    if (this.#proving || this.#closed) return;
    const heard = this.#heard;
    this.#proving = setTimeout(() => {
      this.#proving = undefined;
      if (this.#heard !== heard) return;
      this.#socket.close();
      this.#end(new DisconnectedError(`Nothing comes from ${this.#url} any more.`));
    }, withinMs);
    // Refused or not, it is an answer.
    this.request("get_state", {}).catch(() => undefined);
  }

  close(): void {
    this.#socket.close(1000);
    this.#end(new DisconnectedError("The connection was closed."), true);
  }

  #receive(text: string): Hello | undefined {
    const parsed = safeParse(incomingSchema, JSON.parse(text));
    // Ours is the only bridge that speaks this subprotocol: what does not parse is a newer one's, and not for us.
    if (!parsed.success) return undefined;
    const message = parsed.output;
    if ("method" in message) {
      if (message.method === "hello") return message.params as unknown as Hello;
      this.#handlers.notification(message.method, message.params);
      return undefined;
    }
    const pending = typeof message.id === "number" ? this.#pending.get(message.id) : undefined;
    if (!pending) return undefined;
    this.#pending.delete(message.id as number);
    if ("result" in message) pending.resolve(message.result);
    else {
      const { data } = message.error;
      pending.reject(errorFromData(data?.code, message.error.message, (data ?? {}) as ZarrcamErrorDetails));
    }
    return undefined;
  }

  #end(reason: DisconnectedError, silent = false): void {
    if (this.#closed) return;
    this.#closed = reason;
    clearTimeout(this.#proving);
    for (const pending of this.#pending.values()) pending.reject(reason);
    this.#pending.clear();
    if (!silent) this.#handlers.closed(reason);
  }
}
