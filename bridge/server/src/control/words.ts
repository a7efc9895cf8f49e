import { CONTROL_SILENCE_MS, type ControlEnd, type Role, allows } from "@zarrcam/protocol";

import type { InControl } from "./lease.ts";

const HOW: Readonly<Record<ControlEnd["how"], string>> = {
  handed_over: "handed over",
  released: "released",
  taken: "taken by an admin",
  silence: "silence",
  unanswered: "did not answer a request",
  revoked: "may control no more",
};

/** In a few words, for the audit log. */
export function endingForLog({ how, to }: ControlEnd): string {
  return to === null ? HOW[how] : `${HOW[how]}; now ${to}`;
}

/** For the log of everybody; null: it concerns nobody else. */
export function endingForPeople({ name, how, to }: ControlEnd): string | null {
  if (to === null) return null;
  switch (how) {
    case "taken":
      return `${to} took control from ${name}.`;
    case "handed_over":
      return `${name} handed control over to ${to}.`;
    case "released":
      return `${name} gave control up; ${to} had asked for it.`;
    case "silence":
      return `Nothing was heard of ${name} for ${CONTROL_SILENCE_MS / 1000} s; ${to} had asked for control and has it now.`;
    case "unanswered":
      return `${name} did not answer ${to}, who has control now.`;
    case "revoked":
      return `${name} may not control any more; ${to} has control now.`;
  }
}

/** Why a call is refused: who has control, whether it was the caller's, and the way to it. */
export function refusalText({ holder, forMs, ended, endedForMs }: InControl, role: Role): string {
  const take = allows(role, "admin") ? ", or take it (control.take)" : "";
  const lost = ended ? ` You had it until ${age(endedForMs)} ago: ${lostHow(ended)}.` : "";
  return `${holder.name} has control, for ${age(forMs)}.${lost} Request control (control.request)${take}. Stop works without it.`;
}

function lostHow({ how, to }: ControlEnd): string {
  switch (how) {
    case "silence":
      return `nothing was heard of you for ${CONTROL_SILENCE_MS / 1000} s (control.keep says that you are there)`;
    case "taken":
      return `${to ?? "an admin"} took it`;
    case "unanswered":
      return `${to ?? "somebody"} asked for it and was not answered`;
    case "handed_over":
      return `you handed it over`;
    default:
      return "you gave it up";
  }
}

function age(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 120) return `${s} s`;
  return s < 7200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
}
