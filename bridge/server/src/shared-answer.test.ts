import { describe, expect, test } from "vitest";

import { job, tick } from "../test/job.ts";
import { SharedAnswer } from "./shared-answer.ts";

describe("SharedAnswer", () => {
  test("who asks while it is being answered gets the next answer, all the same one", async () => {
    const jobs = [job(0), job(1), job(2)];
    let begun = 0;
    const shared = new SharedAnswer(() => jobs[begun++]!.promise);
    const first = shared.ask();
    const later = [shared.ask(), shared.ask()];
    expect(begun).toBe(1);
    jobs[0]!.end();
    expect(await first).toBe(0);
    await tick();
    expect(begun).toBe(2);
    const last = shared.ask();
    jobs[1]!.end();
    expect(await Promise.all(later)).toEqual([1, 1]);
    await tick();
    jobs[2]!.end();
    expect(await last).toBe(2);
    expect(begun).toBe(3);
  });

  test("a failure is told to those who asked for it alone", async () => {
    const jobs = [job(0), job(1)];
    let begun = 0;
    const shared = new SharedAnswer(() => jobs[begun++]!.promise);
    const first = shared.ask();
    const second = shared.ask();
    jobs[0]!.fail();
    await expect(first).rejects.toThrow("it failed");
    jobs[1]!.end();
    expect(await second).toBe(1);
  });
});
