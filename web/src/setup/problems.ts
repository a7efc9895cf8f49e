import type { Problem } from "@zarrcam/protocol";

/** Two checks may find the same fault: it is told once, with the way out where one of them knows it. */
export function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const told = new Map<string, Problem>();
  for (const problem of problems) {
    const key = `${problem.path} ${problem.message}`;
    if (!told.has(key) || problem.fix) told.set(key, problem);
  }
  return [...told.values()];
}
