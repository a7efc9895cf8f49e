import { DisconnectedError, NotPairedError } from "../errors.ts";
import { EventHub } from "../event-hub.ts";
import { type GreetedConnection, RpcConnection } from "./rpc-connection.ts";
import { type Shown, ticketProtocol } from "./shown.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

/** How a client connects to a bridge. */
export interface RemoteOptions extends Shown {
  /** The class of WebSocket. Default: the browser's own; Node 20 has none, there `connect` of `@zarrcam/client` brings one. */
  webSocket?: WebSocketConstructor;
  /**
   * Whether a connection that breaks is made again by itself, after 0.25 s, then twice as long each time up to 4 s, each less a
   * random part: a hundred clients of a bridge that was started again do not all come at once. Default false.
   */
  reconnect?: boolean;
  /** How long the bridge may take to answer first, ms. Default 5,000: a bridge on this machine answers within one. */
  timeoutMs?: number;
  /**
   * Asked when an attempt has failed: whether the bridge does not let this client in, so that no other would succeed. Browsers do not
   * tell why a socket was refused. Default: nobody is asked.
   */
  isShutOut?: () => Promise<boolean>;
}

export type ConnectionState = "connected" | "reconnecting" | "closed";
export interface ConnectionChange {
  state: ConnectionState;
  /** Why it is not connected; null: it is, or `close` was called. */
  reason: DisconnectedError | null;
}

/** What a `BridgeLink` tells its owner. */
export interface LinkHandlers {
  /** A notification of the bridge has come. */
  notification: (name: string, params: unknown) => void;
  /** A picture has come, as the binary message that it is. */
  binary: (message: Uint8Array) => void;
  /** A connection has been made. `again`: one before it broke. */
  opened(opened: GreetedConnection, again: boolean): void;
  /** The connection broke; `opened` follows where it is made again. */
  lost(): void;
  /** The connection ended, and none is made again. */
  ended(): void;
}

type LinkOptions = Required<Omit<RemoteOptions, keyof Shown>> & { shown: Shown };

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4000;
/** So much of each wait is random. */
const JITTER = 0.5;
/** A connection over which nothing comes for so long after it was asked is gone, ms: a computer that slept is not told. A large picture takes its time, too. */
const ANSWER_MS = 10_000;

/** The way to a bridge: one connection at a time, made again when it breaks where that is wanted. */
export class BridgeLink {
  readonly url: string;
  readonly #options: LinkOptions;
  readonly #handlers: LinkHandlers;
  readonly #changes = new EventHub<{ change: ConnectionChange }>();
  #connection: RpcConnection | undefined;
  #closed = false;
  /** The next try; undefined: there is a connection, or it is being made. */
  #retry: ReturnType<typeof setTimeout> | undefined;

  private constructor(url: string, options: LinkOptions, handlers: LinkHandlers) {
    this.url = url;
    this.#options = options;
    this.#handlers = handlers;
  }

  /** Resolves when the bridge has said `hello`. @throws DisconnectedError where it does not answer. */
  static async open(url: string, options: RemoteOptions, handlers: LinkHandlers): Promise<BridgeLink> {
    const webSocket = options.webSocket ?? globalThis.WebSocket;
    if (!webSocket) {
      throw new DisconnectedError("This JavaScript has no WebSocket: pass one as `webSocket`, or use `connect`.");
    }
    const { reconnect = false, timeoutMs = 5000, token, isShutOut = () => Promise.resolve(false) } = options;
    const shown = token === undefined ? {} : { token };
    const link = new BridgeLink(url, { webSocket, reconnect, timeoutMs, isShutOut, shown }, handlers);
    try {
      await link.#open(false);
    } catch (error) {
      throw (await link.#notPaired()) ?? error;
    }
    return link;
  }

  /** The connection as it is now. @throws DisconnectedError while there is none. */
  get connection(): RpcConnection {
    if (!this.#connection) throw new DisconnectedError(`There is no connection to ${this.url}.`);
    return this.#connection;
  }

  /** Calls the listener whenever the connection breaks, is made again or ends. @returns a function that ends the calls. */
  onChange(listener: (change: ConnectionChange) => void): () => void {
    return this.#changes.on("change", listener);
  }

  /**
   * The network may be another, or back: a connection that waits to be made again is made now, and one that is there is tried, and
   * given up where nothing comes. To be called when a computer wakes up, and when a browser says `online`.
   */
  wake(): void {
    if (this.#closed) return;
    if (this.#retry !== undefined) this.#openAfter(0);
    else this.#connection?.prove(ANSWER_MS);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#connection?.close();
    this.#connection = undefined;
    this.#end(null);
  }

  async #open(again: boolean): Promise<void> {
    const { webSocket, timeoutMs, shown } = this.#options;
    const { notification, binary } = this.#handlers;
    const handlers = { notification, binary, closed: (reason: DisconnectedError) => this.#lost(reason) };
    const protocols = await ticketProtocol(this.url, shown, AbortSignal.timeout(timeoutMs));
    const opened = await RpcConnection.open(this.url, webSocket, protocols, handlers, timeoutMs);
    if (this.#closed) return opened.connection.close();
    this.#connection = opened.connection;
    this.#handlers.opened(opened, again);
  }

  #lost(reason: DisconnectedError): void {
    this.#connection = undefined;
    this.#handlers.lost();
    const isFinal = reason instanceof NotPairedError;
    if (!this.#options.reconnect || this.#closed || isFinal) return this.#end(reason);
    this.#changes.emit("change", { state: "reconnecting", reason });
    this.#openAfter(FIRST_RETRY_MS);
  }

  #openAfter(delayMs: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined;
        const next = Math.min(Math.max(2 * delayMs, FIRST_RETRY_MS), LAST_RETRY_MS);
        this.#open(true).catch(() => this.#again(next));
      },
      delayMs * (1 - JITTER * Math.random()),
    );
  }

  async #again(delayMs: number): Promise<void> {
    const notPaired = this.#closed ? null : await this.#notPaired();
    if (this.#closed) return;
    if (notPaired) return this.#end(notPaired);
    this.#openAfter(delayMs);
  }

  async #notPaired(): Promise<NotPairedError | null> {
    const isShutOut = await this.#options.isShutOut().catch(() => false);
    return isShutOut ? new NotPairedError(`${this.url} does not let this client in.`) : null;
  }

  /** Tells the listeners of `onChange` that there is a connection again. The handler of `opened` calls it when it has taken over what the bridge said. */
  reportConnected(): void {
    this.#changes.emit("change", { state: "connected", reason: null });
  }

  #end(reason: DisconnectedError | null): void {
    this.#changes.emit("change", { state: "closed", reason });
    this.#changes.close();
    this.#handlers.ended();
  }
}
