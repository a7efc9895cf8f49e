// The page's side of the data worker.
import type { ArchivePlace } from "../core/archive-place.ts";
import type { PlaneAddress } from "../core/plane-source.ts";
import type {
  ChannelPlaneRequest,
  FromData,
  StoreDescription,
  StoreSource,
  StoredPlaneRequest,
  ToData,
} from "./messages.ts";

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}
type Distribute<T> = T extends unknown ? Omit<T, "request"> : never;

/** Opens stores in the data worker and asks it for planes. */
export class StoreReader {
  readonly #worker = new Worker(new URL("./data.worker.ts", import.meta.url), { type: "module", name: "zarrcam data" });
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  /**
   * @param toView a port to the view worker, which takes the planes; left out: none are read, only small pictures.
   * @param connect gives a port (`live-port`) to the worker that has a dataset of this browser
   */
  constructor(connect: (dataset: string) => MessagePort, toView?: MessagePort) {
    if (toView) this.#post({ kind: "connect", port: toView }, [toView]);
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromData>) => {
      if (data.kind === "connect") {
        const port = connect(data.dataset);
        return this.#post({ kind: "port", request: data.request, port }, [port]);
      }
      const waiting = this.#waiting.get(data.request);
      this.#waiting.delete(data.request);
      if (data.kind === "opened") waiting?.resolve(data.description as never);
      else if (data.kind === "delivered") waiting?.resolve(undefined as never);
      else if (data.kind === "thumbnail") waiting?.resolve(data.image as never);
      else if (data.kind === "changed") waiting?.resolve(data.changed as never);
      else waiting?.reject(data.aborted ? new DOMException(data.message, "AbortError") : new Error(data.message));
    });
  }

  open(source: StoreSource | ArchivePlace, signal: AbortSignal): Promise<StoreDescription> {
    return this.#ask({ kind: "open", source }, signal);
  }
  /** Reads planes and sends them to the pane of the address; resolves when they are on their way. @param store the number in its description */
  planes(store: number, planes: ChannelPlaneRequest[], address: PlaneAddress, signal: AbortSignal): Promise<void> {
    return this.#ask({ kind: "planes", store, planes, address }, signal);
  }
  /** Makes a small picture of a plane, fitted into a box of so many px. Null: there is nothing to show. */
  thumbnail(
    store: number,
    plane: StoredPlaneRequest,
    width: number,
    height: number,
    signal: AbortSignal,
  ): Promise<ImageData | null> {
    return this.#ask({ kind: "thumbnail", store, plane, width, height }, signal);
  }
  /** Whether somebody has written the dataset anew since it was opened. */
  changed(store: number, signal: AbortSignal): Promise<boolean> {
    return this.#ask({ kind: "changed", store }, signal);
  }
  close(store: number): void {
    this.#post({ kind: "close", store });
  }
  dispose(): void {
    this.#worker.terminate();
  }

  #ask<T>(message: Distribute<Extract<ToData, { request: number }>>, signal: AbortSignal): Promise<T> {
    const request = this.#next++;
    return new Promise<T>((resolve, reject) => {
      if (signal.aborted) return reject(new DOMException("aborted", "AbortError"));
      this.#waiting.set(request, { resolve, reject });
      signal.addEventListener("abort", () => this.#post({ kind: "abort", request }), { once: true });
      this.#post({ ...message, request });
    });
  }
  #post(message: ToData, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
