import { type Server, type Socket, createServer } from "node:net";
import { type Server as TlsServer, type TLSSocket, createServer as createTlsServer } from "node:tls";

import { type Credentials, type Say, fingerprint } from "./credentials.ts";
import { inUrl } from "./lan-addresses.ts";
import { type Listener, type Reach, cameBy } from "./listener.ts";
import { type PlainAnswer, type PlainRequest, answerPlainHttp } from "./plain-http.ts";
import { TLS_SETTINGS } from "./tls-settings.ts";

/** Somebody who plugged in a cable waits no longer. */
const LOOK_EVERY_MS = 5000;
/** Connections that have not agreed on their keys yet; when another comes the oldest goes. */
const MOST_GREETING = 256;
/** How long the first byte may take, ms. */
const FIRST_BYTE_MS = 10_000;
/** What a TLS connection begins with: a handshake record. */
const HANDSHAKE = 0x16;

export interface LanListenersOptions {
  port: number;
  backlog: number;
  /** Names of this computer. */
  names: readonly string[];
  /** Null: plain http. */
  credentials: Credentials | null;
  /** Takes a connection that is ready for requests. */
  take: (socket: Socket) => void;
  /** Who speaks plain http where https is spoken. */
  answerPlain: (request: PlainRequest) => PlainAnswer;
  say: Say;
  /** How often addresses and certificates are looked at, ms. */
  lookEveryMs?: number;
  /** Addresses of this computer now. */
  addresses: () => readonly string[];
}

/**
 * The doors for other computers: one on each of this computer's addresses, which come and go. Addresses are bound one by one, so
 * that loopback keeps its own door on the same port.
 */
export class LanListeners implements Reach {
  /** What requests are told of their door. */
  readonly listener: Listener;
  readonly #options: LanListenersOptions;
  readonly #secure: TlsServer | null;
  readonly #servers = new Map<string, Server>();
  /** By where they come from. */
  readonly #greeting = new Map<string, Socket>();
  readonly #refused = new Map<string, string>();
  #addresses: readonly string[] = [];
  #shown: string | undefined;
  #look: NodeJS.Timeout | undefined;

  constructor(options: LanListenersOptions) {
    this.#options = options;
    const { credentials } = options;
    const { port, names } = options;
    const common = { port, names: () => [...(credentials?.names ?? []), ...names, ...this.#addresses.map(inUrl)] };
    this.listener = credentials
      ? { ...common, kind: "lan", scheme: "https" }
      : { ...common, kind: "insecure", scheme: "http" };
    this.#secure = credentials && createTlsServer(TLS_SETTINGS);
    this.#secure?.on("secureConnection", (socket: TLSSocket) => this.#take(socket));
    // Who does not trust the certificate says so and goes: that is no fault of ours.
    this.#secure?.on("tlsClientError", (_error, socket) => socket.destroy());
  }

  /** Listens on all addresses. Throws where one that is there cannot be had. */
  async open(): Promise<void> {
    const later = (address: string, error: NodeJS.ErrnoException) => {
      const message = explained(error);
      if (this.#refused.get(address) === message) return;
      this.#refused.set(address, message);
      this.#options.say("warning", `Other computers cannot reach this bridge by ${address}: ${message}`);
    };
    await this.#follow((address, error) => {
      // An address that has only just come may not be ready; what else is wrong does not mend itself.
      if (error.code === "EADDRNOTAVAIL") return later(address, error);
      throw new Error(`${inUrl(address)}, port ${this.#options.port}: ${explained(error)}`, { cause: error });
    });
    let following: Promise<void> | null = null;
    this.#look = setInterval(() => {
      following ??= this.#follow(later)
        .catch((error: unknown) =>
          this.#options.say("error", `The network of this computer cannot be followed: ${String(error)}.`),
        )
        .finally(() => (following = null));
    }, this.#options.lookEveryMs ?? LOOK_EVERY_MS).unref();
  }

  get urls(): readonly string[] {
    const { names, credentials } = this.#options;
    const { scheme, port } = this.listener;
    if (this.#servers.size === 0) return [];
    const usual = port === (credentials ? 443 : 80);
    // An address leads there in every network; a name outlives it, but not every network knows it.
    const own = [...this.#servers.keys()].sort(byFamily).map(inUrl);
    return [...new Set([...(credentials?.names ?? []), ...own, ...names])]
      .filter((name) => !credentials || credentials.speaksFor(name))
      .map((name) => `${scheme}://${name}${usual ? "" : `:${port}`}/`);
  }

  get fingerprint(): string | null {
    const { credentials } = this.#options;
    return credentials && fingerprint(credentials.anchor);
  }

  async close(): Promise<void> {
    clearInterval(this.#look);
    const closed = [...this.#servers.values()].map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.#greeting.values()) socket.destroy();
    await Promise.all(closed);
  }

  async #follow(onRefused: (address: string, error: NodeJS.ErrnoException) => void): Promise<void> {
    const { credentials } = this.#options;
    const now = this.#options.addresses();
    this.#addresses = now;
    await this.#renew(credentials, now);
    for (const [address, server] of this.#servers) {
      if (now.includes(address)) continue;
      server.close();
      this.#servers.delete(address);
      this.#options.say(
        "info",
        `The address ${address} is gone; other computers do not reach this bridge by it any more.`,
      );
    }
    for (const address of now) {
      if (this.#servers.has(address)) continue;
      try {
        this.#servers.set(address, await this.#listen(address));
        this.#refused.delete(address);
      } catch (error) {
        onRefused(address, error as NodeJS.ErrnoException);
      }
    }
  }

  async #renew(credentials: Credentials | null, addresses: readonly string[]): Promise<void> {
    if (!credentials || !this.#secure) return;
    await credentials.refresh(addresses, Date.now());
    const { cert, key } = credentials.pair;
    if (this.#shown === cert) return;
    this.#secure.setSecureContext({ ...TLS_SETTINGS, cert, key });
    this.#shown = cert;
  }

  #listen(address: string): Promise<Server> {
    const server = createServer((socket) => (this.#secure ? this.#greet(socket, this.#secure) : this.#take(socket)));
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port: this.#options.port, host: address, backlog: this.#options.backlog, ipv6Only: true }, () => {
        server.off("error", reject);
        resolve(server);
      });
    });
  }

  /** Tells by the first byte whether it is TLS. */
  #greet(socket: Socket, secure: TlsServer): void {
    if (this.#greeting.size >= MOST_GREETING) this.#greeting.values().next().value?.destroy();
    const from = origin(socket);
    this.#greeting.set(from, socket);
    const late = setTimeout(() => socket.destroy(), FIRST_BYTE_MS);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      clearTimeout(late);
      if (this.#greeting.get(from) === socket) this.#greeting.delete(from);
    });
    socket.once("readable", () => {
      clearTimeout(late);
      const first = socket.read() as Buffer | null;
      if (first === null) return void socket.destroy();
      socket.unshift(first);
      if (first[0] === HANDSHAKE) secure.emit("connection", socket);
      else answerPlainHttp(socket, this.#options.answerPlain);
    });
  }

  #take(socket: Socket): void {
    this.#greeting.delete(origin(socket));
    cameBy(socket, this.listener);
    this.#options.take(socket);
  }
}

/** A connection and the encrypted one above it have it in common. */
function origin({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

/** IPv4 first: shorter to type, and to be had in every network of a laboratory. */
function byFamily(a: string, b: string): number {
  return Number(a.includes(":")) - Number(b.includes(":"));
}

function explained({ code, message }: NodeJS.ErrnoException): string {
  if (code === "EADDRINUSE") return "the port is in use there by another program; --port takes another.";
  if (code === "EACCES") return "this user may not listen on that port; --port takes another, from 1024 on.";
  return `${message}.`;
}
