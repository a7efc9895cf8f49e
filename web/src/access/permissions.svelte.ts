import { type Role, allows } from "@zarrcam/protocol";

/**
 * What something takes. `control` changes cameras, set-up or run: it takes the role to control, and control itself, which one at a time has.
 * `stop` ends what goes on, and `data` repairs or adds datasets: the role is enough for them. `admin` decides who may.
 */
export type Need = "control" | "stop" | "data" | "admin";

export interface PermissionsPort {
  /** Who this page is to its cameras; null: nobody has said yet, or there are no roles. Reactive. */
  readonly you: { readonly role: Role } | null;
  /** Whether another has control: why it is not possible here then, with the way to it; null: control is no reason. Reactive. */
  readonly control: { readonly refusal: string | null };
  /** The camera computer does not let this browser in any more. Reactive. */
  readonly isShutOut: boolean;
}

const ROLE: Readonly<Record<Need, Role>> = { control: "control", stop: "control", data: "control", admin: "admin" };

/**
 * What this page may do, and why not: the one place that run bar, set-up and datasets ask. It decides nothing, the camera computer does;
 * it says beforehand what would be refused. All of it is reactive.
 */
export class Permissions {
  readonly #port: PermissionsPort;

  constructor(port: PermissionsPort) {
    this.#port = port;
  }

  /** Why it may do nothing at all, in a sentence with the way out; null: it is let in. */
  get shutOut(): string | null {
    return this.#port.isShutOut ? "This browser is not let in any more: “Access …”, above, has the way back" : null;
  }

  /** Why it may not do what takes this, in a sentence with the way out; null: it may. */
  refusal(need: Need): string | null {
    if (this.shutOut !== null) return this.shutOut;
    if (allows(this.#port.you?.role ?? "admin", ROLE[need]))
      return need === "control" ? this.#port.control.refusal : null;
    if (need === "admin") return "Only an administrator decides who may come here";
    return "You are here to look on: whoever gave you access can let you control, too";
  }

  may(need: Need): boolean {
    return this.refusal(need) === null;
  }
}
