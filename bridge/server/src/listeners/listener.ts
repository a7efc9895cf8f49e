import type { IncomingMessage } from "node:http";

/**
 * By which door a request came; it, and not the address of who asks, says whether somebody is on this computer. `loopback`: nobody
 * else can reach it · `lan`: encrypted, whoever comes must be paired · `insecure`: plain http to the network, by explicit wish.
 */
export type ListenerKind = "loopback" | "lan" | "insecure";

/** A door of the bridge. */
export interface Listener {
  readonly kind: ListenerKind;
  readonly scheme: "http" | "https";
  readonly port: number;
  /** The names by which it may be called, as in a URL, in lower case and without the port; addresses come and go. */
  names(): Iterable<string>;
}

/** How the bridge is reached from other computers. */
export interface Reach {
  /** SHA-256 of the certificate that a client is to trust, base64url; null: there is none, it is plain http. */
  readonly fingerprint: string | null;
  /** Addresses of the page, the likeliest first: `https://rig.local:8421/`. Never one of a container, or of a link that is down. */
  readonly urls: readonly string[];
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

export function loopbackListener(port: number): Listener {
  return { kind: "loopback", scheme: "http", port, names: () => LOOPBACK_NAMES };
}

/** Whether a Host header names a door: a foreign page that came by a name which resolves to this computer (DNS rebinding) names another. */
export function isNameOf(host: string, listener: Listener): boolean {
  const { scheme, port } = listener;
  const lower = host.toLowerCase();
  const usual = port === (scheme === "https" ? 443 : 80);
  for (const name of listener.names()) if (lower === `${name}:${port}` || (usual && lower === name)) return true;
  return false;
}

const doors = new WeakMap<object, Listener>();

/** Notes by which door a connection came; to be called before anything of it is read. */
export function cameBy(socket: object, listener: Listener): void {
  doors.set(socket, listener);
}

/** The door of a connection; null: nobody noted it. */
export function doorOf(socket: object): Listener | null {
  return doors.get(socket) ?? null;
}

/** Throws where nobody noted it: such a request is not answered. */
export function listenerOf({ socket }: Pick<IncomingMessage, "socket">): Listener {
  const listener = doorOf(socket);
  if (!listener) throw new Error("A request came by a door that nobody knows.");
  return listener;
}
