import type { Problem } from "@zarrcam/protocol";
import { formatNumber } from "../ui/format.ts";

/** The same problem with the same fix, of this camera and of others: solved for one alone it would still stand. */
export function withSameFix(problem: Problem, problems: readonly Problem[]): Problem[] {
  const { fix, code } = problem;
  if (!fix || code === "type" || code === "conflict") return [problem];
  const field = (path: string) => path.replace(/^video\[\d+\]/, "");
  const same = problems.filter(
    (other) =>
      other.fix &&
      other.code === code &&
      field(other.path) === field(problem.path) &&
      field(other.fix.path) === field(fix.path) &&
      JSON.stringify(other.fix.value) === JSON.stringify(fix.value),
  );
  return same.length > 1 ? same : [problem];
}

/** Two checks may find the same fault: it is told once, with the fix where one of them knows it. */
export function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const known = new Map<string, Problem>();
  for (const problem of problems) {
    const key = `${problem.path} ${problem.message}`;
    if (!known.has(key) || problem.fix) known.set(key, problem);
  }
  return [...known.values()];
}

/** The core writes short times in ms or µs; beside a field of seconds they are seconds, as what stands in it. */
export function inFieldUnit(problem: Problem): Problem {
  if (!problem.path.endsWith("time_point_interval_us")) return problem;
  const { fix } = problem;
  return {
    ...problem,
    message: inSeconds(problem.message),
    ...(fix ? { fix: { ...fix, label: inSeconds(fix.label) } } : {}),
  };
}

function inSeconds(text: string): string {
  return text.replace(/(\d[\d,]*(?:\.\d+)?) ([mµ])s\b/g, (_, number: string, unit: string) => {
    return `${formatNumber(Number(number.replaceAll(",", "")) / (unit === "m" ? 1e3 : 1e6))} s`;
  });
}
