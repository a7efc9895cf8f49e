import type { PreviewEnded } from "@zarrcam/protocol";

import type { PreviewListener, PreviewRequest, PreviewSource, PreviewSubscription } from "../previews.ts";
import { BridgeLink, type ConnectionChange, type RemoteOptions } from "./bridge-link.ts";
import { PreviewSubscribers } from "./preview-subscribers.ts";

/**
 * A session of a bridge that takes pictures and nothing else: no statistics, no log, no configuration are sent to it. For a
 * worker that draws, beside the `RemoteRuntime` of its page.
 */
export class RemotePreviews implements PreviewSource {
  readonly #subscribers = new PreviewSubscribers();
  #link!: BridgeLink;

  private constructor() {}

  /** @param url that of the control socket, as `RemoteRuntime.connect` takes it: `ws://127.0.0.1:8421/ws` */
  static async connect(url: string, options: RemoteOptions = {}): Promise<RemotePreviews> {
    const previews = new RemotePreviews();
    const subscribers = previews.#subscribers;
    const picturesOnly = new URL(url);
    picturesOnly.searchParams.set("notifications", "");
    previews.#link = await BridgeLink.open(picturesOnly.href, options, {
      notification: (name, params) => {
        if (name === "preview.ended") subscribers.endOne((params as PreviewEnded).subscription);
      },
      binary: (message) => subscribers.receive(message),
      opened: ({ connection }, again) => {
        if (!again) return;
        previews.#link.reportConnected();
        subscribers.attachAll(connection);
      },
      lost: () => subscribers.forgetNumbers(),
      ended: () => subscribers.endAll(),
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

  close(): void {
    this.#link.close();
  }
}
