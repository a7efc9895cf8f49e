import { RemotePreviews, addressSpaceOf, introduce, isShutOut } from "@zarrcam/client/remote";

import { PortPreviews } from "../../previews/port-previews.ts";
import type { PicturesPlace } from "./pictures-place.ts";
import { streamPermit } from "./stream-permit.ts";

/** As much of a connection as pictures take, and what one with two roads has besides. */
export type Previews = Pick<RemotePreviews, "onConnection" | "subscribePreview" | "close"> &
  Partial<Pick<RemotePreviews, "fixRoad" | "giveBack" | "road" | "setInSight" | "wake">>;

export async function connectTo(place: PicturesPlace): Promise<Previews> {
  if (place.kind === "port") return new PortPreviews(place.port);
  // Whether a worker's socket may leave for another computer is a question of its own.
  const { host, hostname } = new URL(place.url);
  if (host !== self.location.host) await introduce(place.url);
  return RemotePreviews.connect(place.url, {
    reconnect: true,
    // Nobody is shut out of the own computer.
    ...(addressSpaceOf(hostname) === "loopback" ? {} : { isShutOut: () => isShutOut(place.url) }),
    permit: () => streamPermit(host),
  });
}
