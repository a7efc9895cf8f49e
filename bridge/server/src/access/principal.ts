import type { PrincipalKind, Role, You } from "@zarrcam/protocol";

/** Who calls, known of every request that is answered. */
export interface Principal {
  /** Of a device or token that was paired; else its kind. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly role: Role;
  readonly kind: PrincipalKind;
  /** From where. */
  readonly address: string;
}

/** All programs and pages on the camera computer are one: who sits there needs no password, and shares what it holds. */
export function thisComputer(address: string): Principal {
  return { id: "this_computer", name: "Camera computer", role: "admin", kind: "this_computer", address };
}

/** All who came over plain http, where that was asked for: nobody can tell them from each other, or keep a secret there. */
export function anybodyInsecure(address: string): Principal {
  return { id: "insecure", name: "Somebody on the network", role: "control", kind: "insecure", address };
}

/** What a principal is told of itself. */
export function youOf({ id, name, role, kind }: Principal): You {
  return { id, name, role, kind };
}

/** Why a principal is refused something, and the way out: in one form for methods and routes. */
export function forbiddenText(what: string, needed: Role, { name, role }: Principal): string {
  return `${what} needs the role ${needed}, and ${JSON.stringify(name)} has the role ${role}: an admin can change it on the page under Access.`;
}
