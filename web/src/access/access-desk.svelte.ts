import type { AccessCalls, Invitation, NewInvitation, PairedDevice, Role, You } from "@zarrcam/protocol";
import type { Say } from "../log/say.ts";
import { errorText } from "../ui/error-text.ts";
import type { Question } from "../ui/questions.svelte.ts";
import type { Permissions } from "./permissions.svelte.ts";
import { roleWord } from "./roles.ts";

export interface AccessDeskPort {
  readonly isConnected: boolean;
  /** Who this page is; null: nobody said. */
  readonly you: You | null;
  /** Only this computer reaches the bridge: no link would lead to it. */
  readonly isAlone: boolean;
  readonly permissions: Pick<Permissions, "may" | "refusal">;
  callAccess<M extends keyof AccessCalls>(
    method: M,
    params: AccessCalls[M]["params"],
  ): Promise<AccessCalls[M]["answer"]>;
  /** Ends what this browser was let in by. */
  leave(): Promise<void>;
  ask(question: Question): Promise<boolean>;
  say: Say;
}

/** An invitation as this page has just made it, with its secret: nobody is told that a second time. */
export interface Made extends NewInvitation {
  /** So many devices may use it. */
  uses: number;
  /** When its time is over, by this page's own clock, ms. */
  endsAtMs: number;
}

export const LENGTHS: readonly { seconds: number; label: string }[] = [
  { seconds: 15 * 60, label: "15 minutes" },
  { seconds: 3600, label: "1 hour" },
  { seconds: 8 * 3600, label: "8 hours" },
  { seconds: 24 * 3600, label: "1 day" },
  { seconds: 7 * 24 * 3600, label: "1 week" },
];

/** Who may come here: what stands in the dialog, and what its buttons do. */
export class AccessDesk {
  isOpen = $state(false);
  /** Null: not told yet. */
  devices = $state.raw<readonly PairedDevice[] | null>(null);
  invitations = $state.raw<readonly Invitation[]>([]);
  /** The invitation that this page made last, as long as it is good; null: none. */
  made = $state.raw<Made | null>(null);
  /** What the next invitation is to be. */
  role = $state<Role>("observe");
  uses = $state(1);
  lengthS = $state(LENGTHS[0]?.seconds ?? 900);
  /** What came of the last thing that was done, in a sentence; null: nothing to say. */
  outcome = $state<{ text: string; bad: boolean } | null>(null);
  busy = $state(false);
  readonly #port: AccessDeskPort;

  constructor(port: AccessDeskPort) {
    this.#port = port;
  }

  /** Nobody can be let in. */
  get isAlone(): boolean {
    return this.#port.isAlone;
  }

  /** Opens the dialog; what stands in it is asked anew. */
  open(): void {
    this.isOpen = true;
    this.outcome = null;
    void this.refresh();
  }
  close(): void {
    this.isOpen = false;
  }

  /** Somebody was let in, renamed, sent away; an invitation was made or used. */
  changed(): void {
    if (this.isOpen || this.made) void this.refresh();
  }

  /** Asks who there is. */
  async refresh(): Promise<void> {
    const { permissions, isConnected } = this.#port;
    if (!isConnected || !permissions.may("admin")) return;
    try {
      const before = this.devices;
      const [devices, invitations] = await Promise.all([
        this.#port.callAccess("access.devices", {}),
        this.#port.callAccess("access.invitations", {}),
      ]);
      this.devices = devices;
      this.invitations = invitations;
      this.#tellOfMade(before, devices, invitations);
    } catch (error) {
      this.#tell(error);
    }
  }

  async invite(): Promise<void> {
    const { role, uses, lengthS } = this;
    await this.#do(async () => {
      const invitation = await this.#port.callAccess("access.invite", { role, uses, expires_s: lengthS });
      if (invitation.links.length > 0) {
        this.made = { ...invitation, uses, endsAtMs: performance.now() + lengthS * 1000 };
        return;
      }
      await this.#port.callAccess("access.withdraw", { invitation: invitation.invitation });
      this.outcome = {
        text: "The camera computer is in no network now, so no link leads to it. Plug it in, and try again.",
        bad: true,
      };
    });
  }

  async withdraw(invitation: string): Promise<void> {
    await this.#do(async () => {
      if (this.made?.invitation === invitation) this.made = null;
      await this.#port.callAccess("access.withdraw", { invitation });
      this.#say("The link was withdrawn: it lets nobody in any more.");
    });
  }

  async rename({ id, name }: PairedDevice, to: string): Promise<void> {
    const wanted = to.trim();
    if (wanted === "" || wanted === name) return;
    await this.#do(() => this.#port.callAccess("access.rename", { id, name: wanted }));
  }

  async setRole({ id, name }: PairedDevice, role: Role): Promise<void> {
    await this.#do(async () => {
      await this.#port.callAccess("access.set_role", { id, role });
      this.#say(`${name}: may ${roleWord(role)} from now on.`);
    });
  }

  /** After a question, whose first answer changes nothing. */
  async revoke(device: PairedDevice): Promise<void> {
    const { id, name, connected } = device;
    const isOwn = id === this.#port.you?.id;
    const sure = await this.#port.ask({
      title: isOwn ? "Send this browser away?" : `Send ${name} away?`,
      lines: () => [
        isOwn
          ? "You would lose the connection at once, and need a new link to come back."
          : connected
            ? "It loses its connection at once, and needs a new link to come back. A recording goes on."
            : "It needs a new link to come back.",
      ],
      cancelLabel: "Keep",
      confirmLabel: () => "Send away",
      isObsolete: () => this.devices?.every((one) => one.id !== id) ?? true,
    });
    if (!sure) return;
    await this.#do(async () => {
      await this.#port.callAccess("access.revoke", { id });
      this.#say(`${name} was sent away.`);
    });
  }

  /** This browser forgets how it was let in, after a question. */
  async leave(): Promise<void> {
    const sure = await this.#port.ask({
      title: "Leave with this browser?",
      lines: () => ["It is taken off the list of devices, and needs a new link to come back. A recording goes on."],
      cancelLabel: "Stay",
      confirmLabel: () => "Leave",
      isObsolete: () => !this.#port.isConnected,
    });
    if (sure) await this.#do(() => this.#port.leave());
  }

  /** Its time is over. */
  expired(): void {
    if (!this.made) return;
    this.made = null;
    this.#say("The time of the link is over: make another.");
  }

  /** Whether the link was used up, and by whom. */
  #tellOfMade(
    before: readonly PairedDevice[] | null,
    devices: readonly PairedDevice[],
    invitations: readonly Invitation[],
  ): void {
    const { made } = this;
    if (!made) return;
    const fresh = before === null ? [] : devices.filter(({ id }) => before.every((one) => one.id !== id));
    for (const { name } of fresh) this.#say(`${name} came in.`);
    if (invitations.every(({ id }) => id !== made.invitation)) this.made = null;
  }

  async #do(action: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.outcome = null;
    try {
      await action();
    } catch (error) {
      this.#tell(error);
    } finally {
      this.busy = false;
    }
    await this.refresh();
  }
  #say(text: string): void {
    this.outcome = { text, bad: false };
    this.#port.say(text, { polite: true });
  }
  #tell(error: unknown): void {
    this.outcome = { text: errorText(error), bad: true };
  }
}
