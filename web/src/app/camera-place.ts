// Where the cameras of the page are, and the ways there: a bridge, or a worker of this page.
import { type ConnectedRuntime, RemoteRuntime, isShutOut } from "@zarrcam/client/remote";
import type { LogLevel, Stats } from "@zarrcam/protocol";
import type { BrowserDatasets } from "../browser-datasets/index.ts";
import { BrowserRuntime } from "../browser-runtime/browser-runtime.ts";
import { usbHelp, usbLack } from "../cameras/page.ts";
import { isOfThisComputer, passTo } from "../connection/bridge-access.ts";
import { bridgeSocketUrl } from "../connection/bridge-address.ts";
import type { CamerasOf } from "../connection/cameras-of.ts";
import { Connection, type ConnectionListener } from "../connection/connection.svelte.ts";
import type { UsbCameras } from "../setup/ports.ts";
import { errorText } from "../ui/error-text.ts";
import type { PicturesPlace } from "../viewer/ports.ts";

interface Place {
  readonly camerasOf: CamerasOf;
  /** The bridge that gave the page, or that it was told of; null: none. */
  readonly bridgeOrigin: string | null;
  /** What this page stores itself of a camera computer's run. */
  readonly store: { over(stats: Stats): Stats };
  readonly browser: { readonly datasets: BrowserDatasets };
  readonly say: (text: string, options: { level: LogLevel; polite: boolean }) => void;
}

export function connectionOf(place: Place, listener: ConnectionListener): Connection {
  const { camerasOf, bridgeOrigin, browser, say } = place;
  const port = { say: (level: LogLevel, text: string) => say(text, { level, polite: true }) };
  if (camerasOf === "This browser") {
    const dial = (): Promise<ConnectedRuntime> => BrowserRuntime.open(browser.datasets);
    const isVain = (error: unknown): string => `The cameras of this browser cannot be used: ${errorText(error)}`;
    return new Connection(location.href, { ...port, dial, isVain }, listener);
  }
  if (bridgeOrigin === null) throw new Error("There is no camera computer.");
  // Nobody is shut out of the own computer.
  const isLocal = isOfThisComputer(bridgeOrigin);
  const dial = async (url: string): Promise<ConnectedRuntime> => {
    if (bridgeOrigin !== location.origin) await passTo(bridgeOrigin, { byUser: false });
    return RemoteRuntime.connect(url, { reconnect: true, ...(isLocal ? {} : { isShutOut: () => isShutOut(url) }) });
  };
  return new Connection(
    bridgeSocketUrl(bridgeOrigin),
    { ...port, dial, complete: (stats) => place.store.over(stats) },
    listener,
  );
}

/** Where live pictures come from; null: there are no cameras. */
export function picturesOf({
  runtime,
  bridgeOrigin,
}: {
  runtime: ConnectedRuntime | null;
  bridgeOrigin: string | null;
}): PicturesPlace | null {
  if (runtime instanceof BrowserRuntime) return { kind: "port", port: runtime.picturesPort() };
  return bridgeOrigin === null ? null : { kind: "bridge", url: bridgeSocketUrl(bridgeOrigin) };
}

/** USB cameras for this page; null: its cameras are elsewhere. */
export function usbCamerasOf(runtime: ConnectedRuntime | null): UsbCameras | null {
  if (!(runtime instanceof BrowserRuntime)) return null;
  return { lack: usbLack(globalThis), help: usbHelp(), add: () => runtime.addUsbCamera() };
}
