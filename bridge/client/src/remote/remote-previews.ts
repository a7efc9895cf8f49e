import type { PreviewEnded, PreviewFrame, PreviewRoad } from "@zarrcam/protocol";

import type { PreviewListener, PreviewRequest, PreviewSource, PreviewSubscription } from "../previews.ts";
import { BridgeLink, type ConnectionChange, type RemoteOptions } from "./bridge-link.ts";
import { PreviewRoads, type StreamOptions } from "./preview-roads.ts";
import { PreviewSubscribers } from "./preview-subscribers.ts";

/** How a client of previews connects. */
export interface RemotePreviewsOptions extends RemoteOptions, StreamOptions {}

/**
 * A session of a bridge that takes pictures and nothing else: no statistics, no log, no configuration are sent to it. For a
 * worker that draws, beside the `RemoteRuntime` of its page. Pictures that are many and large come by a stream beside its socket
 * where that is measured to be faster.
 */
export class RemotePreviews implements PreviewSource {
  readonly #subscribers = new PreviewSubscribers();
  readonly #roads: PreviewRoads;
  #link!: BridgeLink;

  private constructor(url: string, options: StreamOptions) {
    this.#roads = new PreviewRoads(url, (message) => this.#subscribers.receive(message), options);
  }

  /** @param url that of the control socket, as `RemoteRuntime.connect` takes it: `ws://127.0.0.1:8421/ws` */
  static async connect(url: string, options: RemotePreviewsOptions = {}): Promise<RemotePreviews> {
    const previews = new RemotePreviews(url, options);
    const subscribers = previews.#subscribers;
    const roads = previews.#roads;
    const picturesOnly = new URL(url);
    picturesOnly.searchParams.set("notifications", "");
    previews.#link = await BridgeLink.open(picturesOnly.href, options, {
      notification: (name, params) => {
        if (name === "preview.ended") subscribers.endOne((params as PreviewEnded).subscription);
      },
      binary: (message) => roads.cameBySocket(message),
      opened: ({ connection, hello }, again) => {
        roads.connected(connection, hello.session);
        if (!again) return;
        previews.#link.reportConnected();
        subscribers.attachAll(connection);
      },
      lost: () => {
        roads.disconnected();
        subscribers.forgetNumbers();
      },
      ended: () => {
        roads.disconnected();
        subscribers.endAll();
      },
    });
    return previews;
  }

  /** Changes of the connection, its first one not among them. @returns a function that ends it. */
  onConnection(listener: (change: ConnectionChange) => void): () => void {
    return this.#link.onChange(listener);
  }

  /**
   * As `Runtime.subscribePreview`. A subscription is made again on each new connection; where the stream is gone by then, it
   * ends.
   *
   * @throws DisconnectedError while there is no connection.
   */
  async subscribePreview(
    request: PreviewRequest,
    listener: PreviewListener,
    onEnded?: () => void,
  ): Promise<PreviewSubscription> {
    return this.#subscribers.subscribe(this.#link.connection, request, listener, onEnded);
  }

  /** By which road pictures come now. */
  get road(): PreviewRoad {
    return this.#roads.road;
  }
  /** Takes one road, whichever is faster; null: the faster one. For measurements. */
  fixRoad(road: PreviewRoad | null): void {
    this.#roads.fix(road);
  }
  /** Whether anybody looks; out of sight the stream's connection is given to those who do. */
  setInSight(inSight: boolean): void {
    this.#roads.setInSight(inSight);
  }
  /** Nobody looks at this picture any more: pictures to come may have its memory. To be called where it pays, once at most. */
  giveBack({ pixels }: Pick<PreviewFrame, "pixels">): void {
    this.#roads.giveBack(pixels.buffer as ArrayBuffer);
  }

  /** The network may be another, or back: what waits to be made again is made now, and what is there is tried. */
  wake(): void {
    this.#link.wake();
  }

  close(): void {
    this.#link.close();
  }
}
