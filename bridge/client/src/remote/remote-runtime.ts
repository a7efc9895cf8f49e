import {
  type BridgeEvents,
  type Hello,
  MAX_PREVIEW_SIDE_PX,
  type MethodName,
  type Params,
  type PreviewEnded,
  type PreviewFrame,
  type Result,
  type RuntimeEvents,
  isPicturePiece,
} from "@zarrcam/protocol";

import type { BridgeSide, ConnectedRuntime } from "../connected-runtime.ts";
import { ZarrcamError } from "../errors.ts";
import { EventHub } from "../event-hub.ts";
import { availableFrame, iteratePreviews } from "../preview-iterator.ts";
import type { AvailableFrame, PreviewListener, PreviewRequest, PreviewSubscription } from "../previews.ts";
import { Runtime } from "../runtime.ts";
import { BridgeLink, type ConnectionChange, type RemoteOptions } from "./bridge-link.ts";
import { PicturePieces } from "./picture-pieces.ts";
import { PreviewSubscribers } from "./preview-subscribers.ts";
import type { GreetedConnection, RpcConnection } from "./rpc-connection.ts";

/** The runtime of a bridge, over a WebSocket. For browsers and Node. */
export class RemoteRuntime extends Runtime implements ConnectedRuntime {
  readonly #events = new EventHub<RuntimeEvents & BridgeEvents>();
  readonly bridge: BridgeSide = {
    call: (method, params) => this.call(method, params),
    on: (event, listener) => this.#events.on(event, listener),
  };
  readonly #hellos = new EventHub<{ hello: Hello }>();
  readonly #subscribers = new PreviewSubscribers();
  readonly #pieces = new PicturePieces();
  #link!: BridgeLink;
  #hello!: Hello;

  private constructor() {
    super();
  }

  /** @param url `ws://127.0.0.1:8421/ws` */
  static async connect(url: string, options: RemoteOptions = {}): Promise<RemoteRuntime> {
    const runtime = new RemoteRuntime();
    runtime.#link = await BridgeLink.open(url, options, {
      notification: (name, params) => runtime.#notified(name, params),
      binary: (message) => runtime.#binary(message),
      opened: (opened, again) => runtime.#opened(opened, again),
      lost: () => runtime.#lost(),
      ended: () => runtime.#end(),
    });
    return runtime;
  }

  /** What the bridge said when the connection was made. */
  get hello(): Hello {
    return this.#hello;
  }

  async call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    return this.#link.connection.request(method, params);
  }
  async snap(stream = 0): Promise<PreviewFrame> {
    const { subscription } = await this.call("snap", { stream, pieces: true });
    const frame = this.#subscribers.takeSingle(subscription);
    if (!frame) throw new ZarrcamError("internal", "The picture did not come before the answer.");
    return frame;
  }

  on<E extends keyof RuntimeEvents>(event: E, listener: (data: RuntimeEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }
  events<E extends keyof RuntimeEvents>(event: E, { signal }: { signal?: AbortSignal } = {}) {
    return this.#events.iterate(event, signal);
  }
  /** Changes of the connection itself. @returns a function that ends it. */
  onConnection(listener: (change: ConnectionChange) => void): () => void {
    return this.#link.onChange(listener);
  }
  /** The bridge's whole state after every new connection; the first one is `hello`. @returns a function that ends it. */
  onHello(listener: (hello: Hello) => void): () => void {
    return this.#hellos.on("hello", listener);
  }

  async subscribePreview(
    request: PreviewRequest,
    listener: PreviewListener,
    onEnded?: () => void,
  ): Promise<PreviewSubscription> {
    return this.#subscribers.subscribe(this.#link.connection, request, listener, onEnded);
  }
  /** Over the wire frames come as previews at full size: what the connection does not carry is skipped. */
  async *getAvailableData(stream = 0, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<AvailableFrame> {
    const request = { stream, maxWidth: MAX_PREVIEW_SIDE_PX, maxHeight: MAX_PREVIEW_SIDE_PX, endedRun: true };
    for await (const frame of iteratePreviews(this, request, signal)) yield availableFrame(frame);
  }

  /** The network may be another, or back: what waits to be made again is made now, and what is there is tried. */
  wake(): void {
    this.#link.wake();
  }

  close(): Promise<void> {
    this.#link.close();
    return Promise.resolve();
  }

  #binary(message: Uint8Array): void {
    if (!isPicturePiece(message)) return void this.#subscribers.receive(message);
    const { piece, whole } = this.#pieces.take(message);
    this.#link.connection.notify("preview.ack", { subscription: piece.subscription, frame: piece.begin });
    if (whole) this.#subscribers.receive(whole);
  }
  #lost(): void {
    this.#pieces.clear();
    this.#subscribers.forgetNumbers();
  }

  #notified(name: string, params: unknown): void {
    if (name === "preview.ended") this.#subscribers.endOne((params as PreviewEnded).subscription);
    else this.#events.emit(name as keyof RuntimeEvents, params as never);
  }

  #opened({ connection, hello }: GreetedConnection, again: boolean): void {
    this.#hello = hello;
    if (again) this.#resynchronise(connection);
  }

  /** What listeners missed: they get the bridge's state as if it had just changed. */
  #resynchronise(connection: RpcConnection): void {
    const { configuration, revision, stats, you, control } = this.#hello;
    this.#link.reportConnected();
    this.#hellos.emit("hello", this.#hello);
    this.#events.emit("configuration", { configuration, revision, changed_by: "runtime" });
    const { state, run_id, run_number } = stats;
    this.#events.emit("state", { state, run_id, run_number });
    this.#events.emit("stats", stats);
    if (you) this.#events.emit("you", you);
    if (control) this.#events.emit("control", control);
    this.#subscribers.attachAll(connection);
  }

  #end(): void {
    this.#subscribers.endAll();
    this.#hellos.close();
    this.#events.close();
  }
}
