// What the list of journeys does not say in its closing lines: which were retried, why some were skipped, and the sums.
import type { FullConfig, Reporter, Suite, TestCase } from "playwright/types/testReporter";

const nameOf = (test: TestCase): string => test.titlePath().slice(2).join(" > ");

/** Whether a journey passed at its first try, at a later one, never, or was not run at all. */
function outcome(test: TestCase): "passed" | "retried" | "failed" | "skipped" {
  switch (test.outcome()) {
    case "expected":
      return "passed";
    case "flaky":
      return "retried";
    case "skipped":
      return "skipped";
    case "unexpected":
      return "failed";
  }
}

export default class Sums implements Reporter {
  #journeys: Suite | undefined;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#journeys = suite;
  }

  onEnd(): void {
    const all = this.#journeys?.allTests() ?? [];
    // They were listed only.
    if (all.every(({ results }) => results.length === 0)) return;
    const of = (wanted: ReturnType<typeof outcome>) => all.filter((test) => outcome(test) === wanted);
    const skipped = of("skipped").map((test) => ({
      test,
      why: test.annotations.find(({ type }) => type === "skip")?.description,
    }));
    // Without a reason it was not reached: the run was cut short.
    const unreached = skipped.filter(({ why }) => why === undefined);
    console.log("");
    for (const test of of("retried")) console.log(`Retried: ${nameOf(test)}`);
    for (const { test, why } of skipped) console.log(`Skipped: ${nameOf(test)}: ${why ?? "was not reached"}`);
    const sums = {
      passed: of("passed").length + of("retried").length,
      failed: of("failed").length + unreached.length,
      skipped: skipped.length - unreached.length,
      retried: of("retried").length,
    };
    console.log(
      `Journeys: ${Object.entries(sums)
        .map(([name, count]) => `${count} ${name}`)
        .join(", ")}`,
    );
  }

  printsToStdio(): boolean {
    return false;
  }
}
