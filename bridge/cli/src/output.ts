import { isZarrcamError } from "@zarrcam/client/native";
import type { Problem } from "@zarrcam/protocol";

/** The one thing on standard output: a document, or one event a line. */
export function printJson(value: unknown): void {
  process.stdout.write(JSON.stringify(value, null, 1) + "\n");
}
export function printLine(value: unknown): void {
  process.stdout.write(JSON.stringify(value) + "\n");
}
export function print(text: string): void {
  process.stdout.write(text + "\n");
}
/** For people; never mixed with what a program reads. */
export function say(text: string): void {
  process.stderr.write(text + "\n");
}

/** What an error is as data: the same as on the wire. */
export function errorDocument(error: unknown) {
  if (isZarrcamError(error)) {
    const { code, message, path, problems } = error;
    return { code, message, ...(path === undefined ? {} : { path }), ...(problems.length > 0 ? { problems } : {}) };
  }
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}

/** An error for people: one line, or one line for each problem, with what would fix it. */
export function errorText(error: unknown): string {
  if (isZarrcamError(error) && error.problems.length > 0) return problemsText(error.problems);
  return `error: ${error instanceof Error ? error.message : String(error)}`;
}

/** Longer values are not for reading: the label says what they are. */
const LONGEST_VALUE = 60;

/** Problems for people, each once, with what would fix it. */
export function problemsText(problems: readonly Problem[]): string {
  const lines = problems.map(({ path, severity, message, fix }) => {
    const text = `${severity}: ${path ? `${path}: ` : ""}${message}`;
    if (!fix) return text;
    const value = JSON.stringify(fix.value) ?? "nothing";
    return `${text}\n  fix: ${fix.label}${value.length > LONGEST_VALUE ? "" : ` (${fix.path}: ${value})`}`;
  });
  return [...new Set(lines)].join("\n");
}
