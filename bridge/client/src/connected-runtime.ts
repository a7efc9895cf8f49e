import type { BridgeEvents, BridgeMethodName, Hello, Params, Result } from "@zarrcam/protocol";

import type { ConnectionChange } from "./remote/bridge-link.ts";
import type { Runtime } from "./runtime.ts";

/** What only a bridge has: who may do what, and who has control. */
export interface BridgeSide {
  call<M extends BridgeMethodName>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Calls the listener at each such notification, and with what `hello` says of it after a new connection. @returns a function that ends it. */
  on<E extends keyof BridgeEvents>(event: E, listener: (data: BridgeEvents[E]) => void): () => void;
}

/** A runtime that says by itself how it stands when a page comes: `RemoteRuntime`, and one that lives in the page. */
export interface ConnectedRuntime extends Runtime {
  /** What it said when the connection was made. */
  readonly hello: Hello;
  /** Its whole state after every new connection; the first one is `hello`. @returns a function that ends it. */
  onHello(listener: (hello: Hello) => void): () => void;
  /** The bridge that it is reached by; without it there is none between the page and its cameras. */
  readonly bridge?: BridgeSide;
  /** Changes of the connection itself. @returns a function that ends it. */
  onConnection(listener: (change: ConnectionChange) => void): () => void;
  /** The network may be another, or back: what waits to be made again is made now, and what is there is tried. */
  wake?(): void;
}
