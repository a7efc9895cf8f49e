import type { Loss, LossPage, StreamStats } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { RunLosses } from "./run-losses.svelte.ts";

const loss = (index: number) => ({ first_hardware_id: index }) as Loss;
const stats = { stream: 0, losses: { ranges: [loss(1), loss(2)], total: 4 } } as unknown as StreamStats;

function port() {
  return {
    runId: "a" as string | null,
    asked: [] as number[],
    getLosses(_: number, from: number): Promise<LossPage | null> {
      this.asked.push(from);
      return Promise.resolve({ ranges: [loss(from + 1)] } as LossPage);
    },
  };
}

test("the pages follow what the statistics carry, and each other", async () => {
  const losses = port();
  const run = new RunLosses(losses);
  await run.fetchMore(stats);
  await run.fetchMore(stats);
  expect(losses.asked).toEqual([2, 3]);
  expect(run.of(stats)).toEqual([1, 2, 3, 4].map(loss));
});

test("of another run nothing is known", async () => {
  const losses = port();
  const run = new RunLosses(losses);
  await run.fetchMore(stats);
  losses.runId = "b";
  expect(run.of(stats)).toHaveLength(2);
});

test("a page that comes after the next run began is left out", async () => {
  const losses = port();
  const run = new RunLosses(losses);
  const asked = run.fetchMore(stats);
  losses.runId = "b";
  await asked;
  expect(run.of(stats)).toHaveLength(2);
});
