import { RemoteRuntime } from "@zarrcam/client/remote";
import { BarredError, passTo } from "../connection/bridge-access.ts";
import { bridgeSocketUrl } from "../connection/bridge-address.ts";
import { KeptRigs } from "./kept-rigs.svelte.ts";
import { Overview } from "./overview.svelte.ts";
import { leave, pairWith, socketWithTicket } from "./rig-access.ts";
import { keptRigKeys as keys } from "./rig-keys.ts";

/** What a tile shows, and no more: logs and speeds stay where they are. */
const NOTIFICATIONS = "state,stats,run_ended,configuration";

/** @param ownOrigin the camera computer that gave the page, or that the site is connected to; null: none */
export function makeOverview(ownOrigin: string | null): Overview {
  /** What this browser keeps for a rig; a browser that keeps nothing has none. */
  const tokenFor = (origin: string): Promise<string | null> =>
    origin === location.origin ? Promise.resolve(null) : keys.get(origin).catch(() => null);
  return new Overview({
    ownOrigin,
    kept: new KeptRigs(storageOf()),
    pass: async (origin, how) => {
      if (origin === location.origin) return;
      const token = (await tokenFor(origin)) ?? undefined;
      try {
        if ((await passTo(origin, { ...how, token })).you === null) throw stranger(origin);
      } catch (error) {
        throw error instanceof BarredError ? forRig(error, origin, token !== undefined) : error;
      }
    },
    dial: async (origin) => {
      const url = new URL(bridgeSocketUrl(origin));
      url.searchParams.set("notifications", NOTIFICATIONS);
      const token = await tokenFor(origin);
      if (token === null) return RemoteRuntime.connect(url.href);
      return RemoteRuntime.connect(url.href, { webSocket: await socketWithTicket(origin, token) });
    },
    pair: async (origin, invitation) => keys.set(origin, await pairWith(origin, invitation)),
    forget: async (origin) => {
      const token = await tokenFor(origin);
      if (token === null) return;
      await keys.delete(origin);
      await leave(origin, token);
    },
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: () => performance.now(),
  });
}

/** It answers this page, whose origin it names, and lets in who is paired alone. */
function stranger(origin: string): BarredError {
  const text = `${origin} answers, and does not let this page in. Paste a pairing link of the rig here: an admin makes it there under Access.`;
  // Pairing tries again.
  return new BarredError("unpaired", text, new Promise(() => undefined));
}

/** Of a rig that is reached over https nobody is let in who is not paired: that is the likeliest reason, and has another way out. */
function forRig(error: BarredError, origin: string, hasToken: boolean): BarredError {
  if (error.barrier !== "silent" || !origin.startsWith("https:")) return error;
  const trust = "Or this browser does not trust its certificate yet: its page of trust shows how.";
  return hasToken
    ? new BarredError(
        "silent",
        `Nobody at ${origin} answers this page. The rig may be switched off, or have ended this page's pairing: then paste a new pairing link here. ${trust}`,
        error.again,
      )
    : new BarredError(
        "unpaired",
        `Nobody at ${origin} answers this page, as a rig does that does not know it. Paste a pairing link of the rig here: an admin makes it there under Access. ${trust}`,
        error.again,
      );
}

function storageOf(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
