import type { ServerResponse } from "node:http";

import { type Role, allows } from "@zarrcam/protocol";

import type { Principal } from "./principal.ts";

/** Answers that are under way: each ends with the right to it. */
export class OpenAnswers {
  readonly #open = new Map<ServerResponse, { principal: Principal; role: Role }>();
  readonly #current: (principal: Principal) => Principal | null;

  /** @param current who a principal is now; null: nobody. */
  constructor(current: (principal: Principal) => Principal | null) {
    this.#current = current;
  }

  hold(response: ServerResponse, principal: Principal, role: Role): void {
    // Nobody can take it from these.
    if (principal.kind === "this_computer" || principal.kind === "insecure") return;
    this.#open.set(response, { principal, role });
    response.once("close", () => this.#open.delete(response));
  }

  /** Ends those that their asker has no right to any more, in the middle where they are. */
  review(): void {
    for (const [response, { principal, role }] of this.#open) {
      const now = this.#current(principal);
      if (!now || !allows(now.role, role)) response.destroy();
    }
  }
}
