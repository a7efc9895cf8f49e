import {
  type AppliedConfiguration,
  type Configuration,
  type DeviceKind,
  type Hello,
  MAX_PREVIEW_SIDE_PX,
  type MethodName,
  type Params,
  type PreviewEnded,
  type PreviewFrame,
  type Result,
  type RuntimeEvents,
  type Use,
  parsePreviewFrame,
} from "@zarrcam/protocol";

import { DeviceManager } from "../device-manager.ts";
import { DisconnectedError, ZarrcamError } from "../errors.ts";
import { EventHub } from "../event-hub.ts";
import { availableFrame, iteratePreviews } from "../preview-iterator.ts";
import type {
  AvailableFrame,
  PreviewListener,
  PreviewRequest,
  PreviewSubscription,
  Runtime,
  StartOptions,
  StartedRun,
} from "../runtime.ts";
import { PreviewSubscriber } from "./preview-subscriber.ts";
import { RpcConnection } from "./rpc-connection.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

export interface RemoteOptions {
  /** The browser's own by default; Node 20 has none, there `connect` of `@zarrcam/client` brings one. */
  webSocket?: WebSocketConstructor;
  /** Tries again by itself when the connection breaks, after 0.25 s, then twice as long each time up to 4 s. Default false. */
  reconnect?: boolean;
  /** For the first answer, ms. Default 5,000: a bridge on this machine answers in one. */
  timeoutMs?: number;
}

export type ConnectionState = "connected" | "reconnecting" | "closed";
interface ConnectionEvents {
  connection: { state: ConnectionState; reason: DisconnectedError | null };
  /** The bridge's whole state, at the start and after every new connection. */
  hello: Hello;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4000;

/** The runtime of a bridge, over a WebSocket. For browsers and Node. */
export class RemoteRuntime implements Runtime {
  readonly #url: string;
  readonly #options: Required<RemoteOptions>;
  readonly #events = new EventHub<RuntimeEvents>();
  readonly #connectionEvents = new EventHub<ConnectionEvents>();
  readonly #subscribers = new Set<PreviewSubscriber>();
  readonly #byId = new Map<number, PreviewSubscriber>();
  /** Pictures that came before the answer which says whose they are. */
  readonly #early: PreviewFrame[] = [];
  #connection: RpcConnection | undefined;
  #hello!: Hello;
  #closed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  private constructor(url: string, options: Required<RemoteOptions>) {
    this.#url = url;
    this.#options = options;
  }

  /** @param url `ws://127.0.0.1:8421/ws` */
  static async connect(url: string, options: RemoteOptions = {}): Promise<RemoteRuntime> {
    const webSocket = options.webSocket ?? globalThis.WebSocket;
    if (!webSocket) {
      throw new DisconnectedError("This JavaScript has no WebSocket: pass one as `webSocket`, or use `connect`.");
    }
    const runtime = new RemoteRuntime(url, {
      webSocket,
      reconnect: options.reconnect ?? false,
      timeoutMs: options.timeoutMs ?? 5000,
    });
    await runtime.#open();
    return runtime;
  }

  /** What the bridge said when the connection was made. */
  get hello(): Hello {
    return this.#hello;
  }

  deviceManager(): DeviceManager {
    return new DeviceManager(this);
  }
  devices(kind?: DeviceKind) {
    return this.#call("devices", kind ? { kind } : {});
  }
  select(kind: DeviceKind, name?: string) {
    return this.#call("select", name === undefined ? { kind } : { kind, name });
  }
  selectOneOf(kind: DeviceKind, names: string[]) {
    return this.#call("select_one_of", { kind, names });
  }

  async getConfiguration(): Promise<Configuration> {
    return (await this.getRevision()).configuration;
  }
  getRevision(): Promise<AppliedConfiguration> {
    return this.#call("get_configuration", {});
  }
  setConfiguration(configuration: Configuration, { revision }: { revision?: number } = {}) {
    return this.#call("set_configuration", {
      configuration: asRecord(configuration),
      ...(revision === undefined ? {} : { revision }),
    });
  }
  getCapabilities() {
    return this.#call("get_capabilities", {});
  }
  validate(configuration: Configuration) {
    return this.#call("validate", { configuration: asRecord(configuration) });
  }
  suggest(stream: number, use: Use) {
    return this.#call("suggest", { stream, use });
  }
  async nextName(uri: string, taken: readonly string[]) {
    return (await this.#call("next_name", { uri, taken: [...taken] })).name;
  }

  async start({
    record = true,
    nextNames = false,
    replaceForeignFiles = false,
  }: StartOptions = {}): Promise<StartedRun> {
    const how = { record, next_names: nextNames, replace_foreign_files: replaceForeignFiles };
    const { run_id: runId, run_number: runNumber } = await this.#call("start", how);
    return { runId, runNumber };
  }
  stop() {
    return this.#call("stop", {});
  }
  abort() {
    return this.#call("abort", {});
  }
  giveUp() {
    return this.#call("give_up", {});
  }
  measureSpeed() {
    return this.#call("measure_speed", {});
  }
  getSpeed() {
    return this.#call("get_speed", {});
  }
  async snap(stream = 0): Promise<PreviewFrame> {
    const { subscription } = await this.#call("snap", { stream });
    const at = this.#early.findIndex((frame) => frame.header.subscription === subscription);
    const [frame] = at < 0 ? [] : this.#early.splice(at, 1);
    if (!frame) throw new ZarrcamError("internal", "The picture did not come before the answer.");
    return frame;
  }
  saveSnapshot(stream = 0, name?: string) {
    return this.#call("save_snapshot", name === undefined ? { stream } : { stream, name });
  }
  async executeTrigger(stream = 0): Promise<void> {
    await this.#call("execute_trigger", { stream });
  }

  async getState() {
    return (await this.#call("get_state", {})).state;
  }
  getStats() {
    return this.#call("get_stats", {});
  }
  getLosses(stream: number, { from = 0, count = 1000 }: { from?: number; count?: number } = {}) {
    return this.#call("get_losses", { stream, from, count });
  }

  on<E extends keyof RuntimeEvents>(event: E, listener: (data: RuntimeEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }
  events<E extends keyof RuntimeEvents>(event: E, { signal }: { signal?: AbortSignal } = {}) {
    return this.#events.iterate(event, signal);
  }
  /** Changes of the connection itself. @returns a function that ends it. */
  onConnection(listener: (change: ConnectionEvents["connection"]) => void): () => void {
    return this.#connectionEvents.on("connection", listener);
  }
  /** The bridge's whole state after every new connection; the first one is `hello`. @returns a function that ends it. */
  onHello(listener: (hello: Hello) => void): () => void {
    return this.#connectionEvents.on("hello", listener);
  }

  async subscribePreview(
    request: PreviewRequest,
    listener: PreviewListener,
    onEnded?: () => void,
  ): Promise<PreviewSubscription> {
    const forget = (closing: PreviewSubscriber) => {
      this.#subscribers.delete(closing);
      if (closing.id !== undefined) this.#byId.delete(closing.id);
    };
    const subscriber = new PreviewSubscriber(request, listener, forget, onEnded);
    await this.#attach(subscriber, this.#connected());
    this.#subscribers.add(subscriber);
    return subscriber;
  }
  previews(request: PreviewRequest, { signal }: { signal?: AbortSignal } = {}) {
    return iteratePreviews(this, request, signal);
  }
  /** Over the wire frames come as previews at full size: what the connection does not carry is skipped. */
  async *getAvailableData(stream = 0, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<AvailableFrame> {
    const request = { stream, maxWidth: MAX_PREVIEW_SIDE_PX, maxHeight: MAX_PREVIEW_SIDE_PX, endedRun: true };
    for await (const frame of iteratePreviews(this, request, signal)) yield availableFrame(frame);
  }

  listDatasets() {
    return this.#call("datasets.list", {});
  }
  getLeftOutDatasets() {
    return this.#call("datasets.left_out", {});
  }
  getDatasetInfo(name: string) {
    return this.#call("datasets.info", { name });
  }
  getDatasetLosses(name: string, { from = 0, count = 1000 }: { from?: number; count?: number } = {}) {
    return this.#call("datasets.losses", { name, from, count });
  }
  getDatasetSettings(name: string) {
    return this.#call("datasets.settings", { name });
  }
  recoverDataset(name: string) {
    return this.#call("datasets.recover", { name });
  }

  close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#connection?.close();
    this.#connection = undefined;
    this.#connectionEvents.emit("connection", { state: "closed", reason: null });
    this.#connectionEvents.close();
    this.#end();
    return Promise.resolve();
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    return this.#connected().request(method, params);
  }
  #connected(): RpcConnection {
    if (!this.#connection) throw new DisconnectedError(`There is no connection to ${this.#url}.`);
    return this.#connection;
  }

  async #open(): Promise<void> {
    const { connection, hello } = await RpcConnection.open(
      this.#url,
      this.#options.webSocket,
      {
        notification: (name, params) => this.#notified(name, params),
        binary: (message) => this.#receive(parsePreviewFrame(message)),
        closed: (reason) => this.#lost(reason),
      },
      this.#options.timeoutMs,
    );
    if (this.#closed) return connection.close();
    this.#connection = connection;
    this.#hello = hello;
    this.#early.length = 0;
  }

  #notified(name: string, params: unknown): void {
    if (name === "preview.ended") this.#byId.get((params as PreviewEnded).subscription)?.end();
    else this.#events.emit(name as keyof RuntimeEvents, params as never);
  }

  #attach(subscriber: PreviewSubscriber, connection: RpcConnection): Promise<void> {
    return subscriber.attach(connection, (id) => {
      this.#byId.set(id, subscriber);
      for (const frame of this.#early.splice(0)) this.#receive(frame);
    });
  }

  #receive(frame: PreviewFrame): void {
    const subscriber = this.#byId.get(frame.header.subscription);
    if (subscriber) subscriber.receive(frame);
    else if (this.#early.push(frame) > 8) this.#early.shift();
  }

  #lost(reason: DisconnectedError): void {
    this.#connection = undefined;
    this.#byId.clear();
    this.#early.length = 0;
    if (this.#options.reconnect && !this.#closed) {
      this.#connectionEvents.emit("connection", { state: "reconnecting", reason });
      this.#reconnectAfter(FIRST_RETRY_MS);
    } else {
      this.#connectionEvents.emit("connection", { state: "closed", reason });
      this.#end();
    }
  }

  #end(): void {
    for (const subscriber of [...this.#subscribers]) subscriber.end();
    this.#events.close();
  }

  #reconnectAfter(delayMs: number): void {
    this.#retry = setTimeout(() => {
      this.#open().then(
        () => this.#resynchronise(),
        () => this.#closed || this.#reconnectAfter(Math.min(2 * delayMs, LAST_RETRY_MS)),
      );
    }, delayMs);
  }

  /** What listeners missed: they get the bridge's state as if it had just changed. */
  #resynchronise(): void {
    const connection = this.#connection;
    if (!connection) return;
    const { configuration, revision, stats } = this.#hello;
    this.#connectionEvents.emit("connection", { state: "connected", reason: null });
    this.#connectionEvents.emit("hello", this.#hello);
    this.#events.emit("configuration", { configuration, revision, changed_by: "runtime" });
    const { state, run_id, run_number } = stats;
    this.#events.emit("state", { state, run_id, run_number });
    this.#events.emit("stats", stats);
    for (const subscriber of this.#subscribers) {
      // A stream that is gone has no previews; its listener learns of it by the new configuration.
      this.#attach(subscriber, connection).catch(() => subscriber.end());
    }
  }
}

function asRecord(configuration: Configuration): Record<string, unknown> {
  return configuration;
}
