import { RemotePreviews, introduce } from "@zarrcam/client/remote";

import { PortPreviews } from "../../previews/port-previews.ts";
import type { PicturesPlace } from "./pictures-place.ts";

/** As much of a connection as pictures take. */
export type Previews = Pick<RemotePreviews, "onConnection" | "subscribePreview" | "close">;

export async function connectTo(place: PicturesPlace): Promise<Previews> {
  if (place.kind === "port") return new PortPreviews(place.port);
  // Whether a worker's socket may leave for another computer is a question of its own.
  if (new URL(place.url).host !== self.location.host) await introduce(place.url);
  return RemotePreviews.connect(place.url, { reconnect: true });
}
