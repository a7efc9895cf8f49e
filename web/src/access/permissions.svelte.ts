/**
 * What something takes. `control` changes what cameras and disk do, `admin` decides who may. `stop` ends what goes on: it takes the role
 * to control, whoever has the control now.
 */
export type Need = "control" | "stop" | "admin";

export type PageRole = "observe" | "control" | "admin";

export interface PermissionsPort {
  /** Who this page is to its cameras; null: nobody has said yet, or there are no roles. Reactive. */
  readonly you: { readonly role: PageRole } | null;
}

const NEEDS: Record<Need, readonly PageRole[]> = {
  control: ["control", "admin"],
  stop: ["control", "admin"],
  admin: ["admin"],
};

/**
 * What this page may do, and why not: the one place that run bar, set-up and datasets ask. It decides nothing, the camera computer does;
 * it says beforehand what would be refused. All of it is reactive.
 */
export class Permissions {
  readonly #port: PermissionsPort;

  constructor(port: PermissionsPort) {
    this.#port = port;
  }

  /** Why it may not do what takes this, in a sentence with the way out; null: it may. */
  refusal(need: Need): string | null {
    const role = this.#port.you?.role ?? "admin";
    if (NEEDS[need].includes(role)) return null;
    if (need === "admin") return "Only an administrator decides who may come here";
    return "You are here to look on: whoever gave you access can let you control, too";
  }

  may(need: Need): boolean {
    return this.refusal(need) === null;
  }
}
