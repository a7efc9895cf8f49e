import type { Principal } from "../access/principal.ts";
import type { Audit } from "../audit/audit.ts";
import type { Control } from "./control.ts";

/** Who has sessions, whether one or ten: control goes by people, and so does the audit log. */
export class Attendance {
  readonly #control: Pick<Control, "setConnected">;
  readonly #audit: Pick<Audit, "add">;
  #there = new Map<string, Principal>();

  constructor(control: Pick<Control, "setConnected">, audit: Pick<Audit, "add">) {
    this.#control = control;
    this.#audit = audit;
  }

  /** Whenever a session began or ended, or somebody was renamed or given another role. @param principals of all sessions */
  update(principals: Iterable<Principal>): void {
    const before = this.#there;
    this.#there = new Map();
    for (const principal of principals) this.#there.set(principal.id, principal);
    for (const [id, principal] of this.#there) if (!before.has(id)) this.#log("connect", principal);
    for (const [id, principal] of before) if (!this.#there.has(id)) this.#log("disconnect", principal);
    this.#control.setConnected(this.#there.values());
  }

  #log(action: "connect" | "disconnect", principal: Principal): void {
    const detail = action === "connect" ? principal.role : "";
    this.#audit.add({ principal, action, detail, address: principal.address });
  }
}
