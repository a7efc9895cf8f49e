import { bridgeOrigin, bridgeSocketUrl } from "../../connection/bridge-address.ts";

/** Where live pictures come from: a bridge's control socket, or a worker of this page that owns cameras. */
export type PicturesPlace = { kind: "bridge"; url: string } | { kind: "port"; port: MessagePort };

/** The control socket of the page's bridge; null: it has none. */
export function bridgeOfPage(): PicturesPlace | null {
  const bridge = bridgeOrigin();
  return bridge === null ? null : { kind: "bridge", url: bridgeSocketUrl(bridge) };
}
