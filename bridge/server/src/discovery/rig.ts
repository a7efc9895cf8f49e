import { hostname } from "node:os";
import { isIP } from "node:net";

import type { RigSearch } from "@zarrcam/protocol";

import { lanAddresses } from "../listeners/lan-addresses.ts";
import type { Reach } from "../listeners/listener.ts";
import { Announcer } from "./announcer.ts";
import { RigFinder } from "./rig-finder.ts";

/** How a bridge is there for others, once it listens. */
export interface Presence {
  readonly port: number;
  /** How other computers reach it; null: not at all. */
  readonly reach: Reach | null;
  /** What people should know, once. */
  readonly warn: (message: string) => void;
}

/** A camera computer among others. */
export interface Rig {
  /** What people call it. */
  readonly name: string;
  /** The bridge listens: from now on it may be told of in the network. */
  opened(presence: Presence): void;
  /** Looks for others in the local network, now. */
  findOthers(): Promise<RigSearch>;
  /** Takes leave of the network. */
  close(): Promise<void>;
}

/** One that nobody else reaches, and that asks nobody: nothing of it goes into the network. */
export function aloneAs(name: string): Rig {
  return { name, opened: () => undefined, findOthers: () => Promise.resolve(ALONE), close: () => Promise.resolve() };
}

const ALONE: RigSearch = {
  rigs: [],
  more: false,
  problem:
    "This camera computer looks for no others: it was started for itself alone. Start it with --lan, or with --discover to look without being reached; or add the others by their address.",
};

export interface RigOptions {
  readonly name: string;
  /** Of zarrcam. */
  readonly version: string;
  /** Whether it says in the network that it is there, where other computers reach it. */
  readonly announce: boolean;
  /** Whether it looks for others although none reaches it. */
  readonly discover: boolean;
  /** Names of the interfaces to look on; empty: all that lead out of this computer. */
  readonly interfaces: readonly string[];
}

/** One that is found by others, as far as they reach it, and finds them. */
export function rigInNetwork({ name, version, announce, discover, interfaces }: RigOptions): Rig {
  let presence: Presence | null = null;
  let announcer: Announcer | null = null;
  const finder = new RigFinder({
    addresses: () => lanAddresses(interfaces).map(({ address }) => address),
    ownPort: () => (presence?.reach ? presence.port : null),
  });
  return {
    name,
    opened: (now) => {
      presence = now;
      const { port, reach, warn } = now;
      if (!reach || !announce) return;
      const scheme = reach.fingerprint === null ? "http" : "https";
      const announced = { name, host: hostname(), port, scheme, version } as const;
      // By its name nobody asks who it is: it is announced where it listens.
      const addresses = (): string[] =>
        reach.urls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, "")).filter((host) => isIP(host) > 0);
      announcer = new Announcer(announced, { addresses, warn });
    },
    findOthers: () => (discover || presence?.reach ? finder.find() : Promise.resolve(ALONE)),
    close: () => announcer?.close() ?? Promise.resolve(),
  };
}
