import type { ControlState } from "@zarrcam/protocol";

/** "just now", "1 min", "3 h": no finer than somebody needs to know, so it seldom changes. */
export function ageText(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h`;
}

/** "for 12 min", "since just now" is no English. */
export function forAge(ms: number): string {
  const age = ageText(ms);
  return age === "just now" ? age : `for ${age}`;
}

/** What of a change of control concerns this page, in a sentence; null: nothing. */
export function changeSentence(before: ControlState, after: ControlState, you: string): string | null {
  const [had, has] = [before.holder, after.holder];
  if (had?.id !== has?.id) {
    if (has?.id === you) return gained(after, had?.name ?? null);
    if (had?.id === you) return lost(after);
    return has ? `${has.name} has control now.` : "Nobody has control now.";
  }
  const asked = after.requests.find(({ id }) => before.requests.every((one) => one.id !== id));
  if (asked && has?.id === you) return `${asked.name} asks for control. Answer at the top of the page.`;
  const isOver = before.requests.some(({ id }) => id === you) && after.requests.every(({ id }) => id !== you);
  if (isOver && has) return `Your request for control is over: ${has.name} keeps it.`;
  return null;
}

function gained({ ended }: ControlState, from: string | null): string {
  if (from === null || ended === null) return "You have control.";
  switch (ended.how) {
    case "handed_over":
      return `${from} handed control over to you.`;
    case "taken":
      return `You took control from ${from}.`;
    case "unanswered":
      return `${from} did not answer: you have control now.`;
    default:
      return `You have control now; ${from} had it before.`;
  }
}

function lost({ holder, ended }: ControlState): string {
  const to = holder?.name ?? null;
  if (to === null && ended === null) return "zarrcam was restarted. Nobody has control: your next change takes it.";
  switch (ended?.how) {
    case "taken":
      return `${to ?? "An administrator"} took control from you. “Control”, at the top, is the way to ask for it.`;
    case "handed_over":
      return `You handed control over to ${to ?? "another"}.`;
    case "unanswered":
      return `${to ?? "Another"} asked for control and had no answer from you, and has it now.`;
    case "silence":
      return to === null
        ? "Nothing was done here for a while, so nobody has control now: your next change takes it again."
        : `Nothing was done here for a while: ${to} has control now.`;
    case "released":
      return to === null ? "You gave control up. Nobody has it now." : `You gave control up; ${to} has it now.`;
    default:
      return to === null ? "You do not have control any more." : `${to} has control now.`;
  }
}
