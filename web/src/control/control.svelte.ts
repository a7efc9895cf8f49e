import { CONTROL_KEEP_EVERY_MS, type ControlCalls, type ControlState, type Controller } from "@zarrcam/protocol";
import { errorText } from "../ui/error-text.ts";
import type { ControlDeskPort } from "./control-desk-port.ts";
import { changeSentence } from "./sentences.ts";
import { UserPresence } from "./user-presence.ts";

/** How control stands, as this page sees it. */
export type Standing = "mine" | "asked" | "waiting" | "other" | "free";

/** Who has control of the cameras, and what this page can do about it. The camera computer decides; here it is shown and asked for. */
export class Control {
  /** What was asked for and not answered yet. */
  busy = $state(false);
  readonly #port: ControlDeskPort;
  readonly #presence: UserPresence;
  /** How far this page's clock is ahead of the camera computer's, ms. */
  #aheadMs = $state(0);

  constructor(port: ControlDeskPort, presence: UserPresence = new UserPresence()) {
    this.#port = port;
    this.#presence = presence;
  }

  get state(): ControlState | null {
    return this.#port.controlState;
  }
  /** Whether anybody but those at the camera computer could have control: else nothing of it is shown. */
  get isShared(): boolean {
    const { you, controlState: state } = this.#port;
    // Away from the camera computer nobody here knows who has it.
    if (!you || !state || !this.#port.isConnected) return false;
    if (you.kind !== "this_computer") return true;
    return [...state.controllers, ...state.requests, ...(state.holder ? [state.holder] : [])].some(
      ({ id }) => id !== you.id,
    );
  }
  /** "asked": it is mine, and somebody asks for it. "waiting": I ask for it. */
  get standing(): Standing {
    const { you, controlState: state } = this.#port;
    if (!state?.holder || !you) return "free";
    if (state.holder.id === you.id) return state.requests.length > 0 ? "asked" : "mine";
    return state.requests.some(({ id }) => id === you.id) ? "waiting" : "other";
  }
  /** Why what needs control is not possible here, with the way out; null: control is no reason. */
  get refusal(): string | null {
    const other = this.otherName;
    if (other === null) return null;
    return this.standing === "waiting"
      ? `${other} has control, and was asked for it`
      : `${other} has control: ask for it at the top of the page`;
  }
  /** The name of who has control in this page's place; null: nobody does. */
  get otherName(): string | null {
    const isOther = this.standing === "other" || this.standing === "waiting";
    return isOther ? (this.state?.holder?.name ?? null) : null;
  }
  /** When this page asked for control, by the camera computer's clock; null: it does not ask. */
  get askedUnixMs(): number | null {
    return this.state?.requests.find(({ id }) => id === this.#port.you?.id)?.since_unix_ms ?? null;
  }
  /** Whom it can be handed to. */
  get others(): readonly Controller[] {
    return (this.state?.controllers ?? []).filter(({ id }) => id !== this.#port.you?.id);
  }
  get mayControl(): boolean {
    return this.#port.you !== null && this.#port.you.role !== "observe";
  }
  get mayTake(): boolean {
    return this.#port.you?.role === "admin";
  }
  /** Whether what is known of it is how it stands now. */
  get isKnown(): boolean {
    return this.#port.isConnected;
  }
  /** How long ago something was by the camera computer's clock, ms. */
  ageOf(unixMs: number, nowMs: number): number {
    return nowMs - this.#aheadMs - unixMs;
  }

  request = (): Promise<void> => this.#ask("control.request", {});
  release = (): Promise<void> => this.#ask("control.release", {});
  take = (): Promise<void> => this.#ask("control.take", {});
  handOver = (to: string): Promise<void> => this.#ask("control.hand_over", { to });
  refuse = (id: string): Promise<void> => this.#ask("control.refuse", { id });

  /** The camera computer told how control stands. `before` null: it is the first that this page hears. */
  told(before: ControlState | null, after: ControlState): void {
    this.#aheadMs = Date.now() - after.unix_ms;
    const { you, say } = this.#port;
    if (!you || !before || !this.isShared) return;
    const sentence = changeSentence(before, after, you.id);
    if (sentence !== null) say(sentence, { polite: true });
  }

  /** Says from time to time that somebody is here, while this page has control. @returns a function that ends it */
  begin(): () => void {
    const unwatch = this.#presence.watch(window);
    const timer = setInterval(() => void this.keep(), CONTROL_KEEP_EVERY_MS);
    return () => {
      clearInterval(timer);
      unwatch();
    };
  }
  async keep(): Promise<void> {
    const isMine = this.standing === "mine" || this.standing === "asked";
    if (!isMine || !this.#port.isConnected || !this.#presence.isHere) return;
    // Where it does not arrive the connection has more to say.
    await this.#port.callControl("control.keep", {}).catch(() => undefined);
  }

  async #ask<M extends keyof ControlCalls>(method: M, params: ControlCalls[M]["params"]): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await this.#port.callControl(method, params);
    } catch (error) {
      this.#port.say(errorText(error), { level: "warning", polite: true });
    } finally {
      this.busy = false;
    }
  }
}
