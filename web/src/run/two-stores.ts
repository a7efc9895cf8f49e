import type { Problem, Validation } from "@zarrcam/protocol";
import type { StorePlace } from "./store-choice.svelte.ts";

/**
 * What stands against a recording that this browser stores, alone or beside the camera computer.
 *
 * @param there of the cameras, and of the camera computer's disk where it stores too
 * @param here of this browser's storage
 */
export function overBothStores(there: Validation, here: Validation, place: StorePlace): Validation {
  if (place === "computer") return there;
  const told = new Set(there.problems.map(keyOf));
  return {
    ...there,
    problems: [...there.problems, ...here.problems.filter((problem) => !told.has(keyOf(problem)))],
    refusal: there.refusal ?? here.refusal,
    plans: there.plans.map((plan, stream) => plan ?? here.plans[stream] ?? null),
    disk_free_bytes: there.disk_free_bytes.map((free, stream) => least(free, here.disk_free_bytes[stream] ?? null)),
  };
}

/** The two judge the document alike: what both say is said once. */
function keyOf({ path, code, message }: Problem): string {
  return JSON.stringify([path, code, message]);
}

function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
