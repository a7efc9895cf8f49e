import type { FoundRig, RigSearch } from "@zarrcam/protocol";
import { errorText } from "../ui/error-text.ts";
import type { KeptRigs } from "./kept-rigs.svelte.ts";
import { readRigLink } from "./rig-link.ts";
import { type RigPort, RigWatch } from "./rig-watch.svelte.ts";

export interface OverviewPort extends RigPort {
  /** The camera computer that gave the page, or that the site is connected to; null: none. */
  readonly ownOrigin: string | null;
  readonly kept: KeptRigs;
  /** Takes up an invitation. @throws with a sentence */
  pair(origin: string, token: string): Promise<void>;
  /** Nothing of a rig is kept any more that lets this page in. */
  forget(origin: string): Promise<void>;
}

/** How it goes with the search for others. */
export type Search =
  | { readonly kind: "none" }
  | { readonly kind: "asking"; readonly by: string }
  | { readonly kind: "failed"; readonly text: string }
  | { readonly kind: "answered"; readonly by: string; readonly answer: RigSearch };

/** All rigs of this browser's user at once: each is watched by itself, so none holds up another. */
export class Overview {
  search = $state.raw<Search>({ kind: "none" });
  /** What came of adding one, in a sentence; null: nothing to say. */
  message = $state<{ text: string; bad: boolean } | null>(null);
  readonly kept: KeptRigs;
  readonly ownOrigin: string | null;
  #watches = $state.raw<ReadonlyMap<string, RigWatch>>(new Map());
  /** The own one first, the others in the order of their user. */
  readonly rigs = $derived.by(() =>
    this.#origins().flatMap((origin) => {
      const watch = this.#watches.get(origin);
      return watch ? [watch] : [];
    }),
  );
  readonly #port: OverviewPort;
  #inSight = true;

  constructor(port: OverviewPort) {
    this.#port = port;
    this.kept = port.kept;
    this.ownOrigin = port.ownOrigin;
    this.follow(null);
  }

  /** What the user calls it, or it itself, or where it is. */
  nameOf(watch: RigWatch): string {
    const given = this.kept.list.find(({ origin }) => origin === watch.origin)?.name ?? "";
    return given || watch.hello?.rig_name || new URL(watch.origin).host;
  }

  /** Watches what is in the list now, and nothing else. @param byUser the one that somebody has just added */
  follow(byUser: string | null): void {
    const before = this.#watches;
    const origins = this.#origins();
    const now = origins.map((origin): [string, RigWatch] => {
      const watch = before.get(origin) ?? new RigWatch(origin, this.#port, origin === byUser);
      if (!before.has(origin)) watch.setInSight(this.#inSight);
      return [origin, watch];
    });
    for (const [origin, watch] of before) if (!origins.includes(origin)) watch.end();
    this.#watches = new Map(now);
  }

  /** @param text an address, or a pairing link */
  async add(text: string): Promise<boolean> {
    const link = readRigLink(text);
    if (!link)
      return this.#say("This is not an address. A camera computer prints its own, such as https://192.168.1.5:8421.");
    const { origin, token } = link;
    if (origin === this.ownOrigin)
      return this.#say("This camera computer is in the list already: it is the first one.");
    const isNew = !this.kept.has(origin);
    if (!isNew && token === null) return this.#say("This camera computer is in the list already.");
    if (token !== null) {
      this.message = { text: `Pairing with ${origin} …`, bad: false };
      try {
        await this.#port.pair(origin, token);
      } catch (error) {
        return this.#say(errorText(error));
      }
    }
    const refusal = this.kept.add(origin);
    if (refusal !== null) return this.#say(refusal);
    this.follow(origin);
    if (!isNew) this.#watches.get(origin)?.retry();
    this.message = { text: isNew ? `${origin} is in the list.` : `Paired with ${origin}.`, bad: false };
    return true;
  }

  remove(origin: string): void {
    this.kept.remove(origin);
    this.follow(null);
    void this.#port.forget(origin).catch(() => undefined);
    this.message = { text: `${origin} is no longer in the list.`, bad: false };
  }

  /** Asks a camera computer to look round in its network: a page cannot. */
  async discover(): Promise<void> {
    if (this.search.kind === "asking") return;
    const asked = this.rigs.find(({ runtime }) => runtime !== null);
    if (!asked?.runtime) {
      this.search = {
        kind: "failed",
        text: "A page cannot look round in a network by itself; a camera computer does it for the page, and none is connected. Add one by its address first.",
      };
      return;
    }
    const by = this.nameOf(asked);
    this.search = { kind: "asking", by };
    try {
      this.search = { kind: "answered", by, answer: await asked.runtime.call("rigs.discover", {}) };
    } catch (error) {
      this.search = { kind: "failed", text: `${by} could not look round: ${errorText(error)}` };
    }
  }
  /** Whether one that was found is in the list. */
  knows({ origins }: FoundRig): boolean {
    return origins.some((origin) => this.#watches.has(origin));
  }

  setInSight(inSight: boolean): void {
    this.#inSight = inSight;
    for (const watch of this.#watches.values()) watch.setInSight(inSight);
  }
  tick(): void {
    for (const watch of this.#watches.values()) watch.tick();
  }
  end(): void {
    for (const watch of this.#watches.values()) watch.end();
    this.#watches = new Map();
  }

  #origins(): string[] {
    const others = this.kept.list.map(({ origin }) => origin);
    return this.ownOrigin === null ? others : [this.ownOrigin, ...others.filter((one) => one !== this.ownOrigin)];
  }
  #say(text: string): false {
    this.message = { text, bad: true };
    return false;
  }
}
