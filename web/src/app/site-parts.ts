import { keepBridge } from "../connection/bridge-address.ts";
import { keepCameras } from "../connection/cameras-of.ts";
import { BridgeChoice } from "../connection/bridge-choice.svelte.ts";
import type { Say } from "../log/say.ts";
import { SiteVersion } from "../site/site-version.svelte.ts";

export interface SitePort {
  readonly bridgeOrigin: string | null;
  readonly isRecording: boolean;
  say: Say;
}

/** What a page has that came from no bridge: the way to one, and its own version. */
export interface SiteParts {
  readonly choice: BridgeChoice;
  readonly version: SiteVersion;
}

export function makeSite(port: SitePort): SiteParts {
  const reload = (): void => location.reload();
  const version = new SiteVersion({ isRecording: () => port.isRecording, say: port.say, reload });
  const reloadRefusal = (): Promise<string | null> => version.reloadRefusal();
  const keep = (origin: string | null): void => {
    keepBridge(origin);
    // Who connects a camera computer wants to see its cameras.
    if (origin !== null) keepCameras("Camera computer", sessionStorage);
  };
  const choice = new BridgeChoice({ origin: port.bridgeOrigin, reloadRefusal, keep, reload });
  return { choice, version };
}
