/** What whoever is connected may do; each includes those before it. */
export const roles = ["observe", "control", "admin"] as const;
/**
 * `observe`: to look, list and read · `control`: to change and run the experiment, too · `admin`: to say who may do what, and
 * to open files outside the data folder.
 */
export type Role = (typeof roles)[number];

/** Whether a role includes the one that something needs. */
export function allows(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/**
 * Who somebody is to the bridge. `this_computer`: all programs and pages on the camera computer · `device`: a browser that was paired · `token`:
 * a script that was · `insecure`: all who came over plain http, where that was asked for.
 */
export type PrincipalKind = "this_computer" | "device" | "token" | "insecure";

/** Who a session is, as `hello` tells it. */
export interface You {
  /** Stays the same as long as it is paired. */
  id: string;
  /** For people. */
  name: string;
  role: Role;
  kind: PrincipalKind;
}
