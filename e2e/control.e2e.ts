import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { AuditEntry } from "@zarrcam/protocol";

import type { AppPage } from "./harness/app-page.ts";
import { loadAxe, violations } from "./harness/axe.ts";
import { Lab } from "./harness/lab.ts";
import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

const control = ({ page }: AppPage) => page.getByTestId("control");
const choose = async (app: AppPage, item: RegExp) => {
  await control(app)
    .getByRole("button", { name: /^Control/ })
    .click();
  await app.page.getByRole("menuitem", { name: item }).click();
};

test("one controller at a time: asked, refused, handed over, taken, fallen silent, revoked; Stop is everybody's", async ({
  browser,
  openApp,
}) => {
  await using lab = await Lab.start();
  await configure(lab.script, { name: "shared.zarr" });
  await lab.script.call("control.release", {});
  const rig = await openApp(lab.url);
  // Only this computer: nothing of it is there.
  await expect(control(rig)).toHaveCount(0);
  await expect(rig.page.getByRole("tab", { name: "Who did what" })).toHaveCount(0);
  const stateBefore = await rig.banner.locator(".state").boundingBox();

  const anna = await lab.desk(browser, "Anna (office)", "control");
  const ben = await lab.desk(browser, "Ben (microscope room)", "control");
  const guest = await lab.desk(browser, "Guest", "observe");
  for (const app of [rig, anna, ben, guest]) await expect(control(app)).toContainText("Nobody has control");
  expect(await rig.banner.locator(".state").boundingBox()).toMatchObject({ x: stateBefore?.x, y: stateBefore?.y });
  await expect(control(guest).getByRole("button")).toHaveCount(0);

  await test.step("the first change takes it, and everybody sees who has it", async () => {
    await anna.type("Exposure", "25");
    await expect(control(anna)).toContainText("You have control");
    await expect(control(ben)).toContainText("Anna (office) has control");
    await expect(control(guest)).toContainText("Anna (office) has control");
    await expect(ben.field("Exposure")).toHaveValue("25");
    await expect(ben.field("Exposure")).toHaveAttribute("readonly");
    await expect(ben.button("Record")).toHaveAttribute("aria-disabled", "true");
    await expect(ben.button("Record")).toHaveAttribute("title", /Anna \(office\) has control: ask for it/);
    await expect(anna.button("Record")).toHaveAttribute("aria-disabled", "false");
    await expect(lab.script.start({ record: false })).rejects.toMatchObject({
      code: "not_in_control",
      message: expect.stringMatching(
        /^Anna \(office\) has control, for \d+ s\..*control\.request.*control\.take/,
      ) as unknown as string,
    });
  });

  await test.step("a request has two answers, and hides nothing", async () => {
    await choose(ben, /^Request control/);
    await expect(control(ben)).toContainText("asked just now");
    await expect(control(anna)).toContainText("Ben (microscope room) asks for control");
    await loadAxe(anna.page);
    expect(await violations(anna.page, false)).toEqual([]);
    await expect(anna.page.getByRole("dialog")).toHaveCount(0);
    await anna.button("Keep control, refuse Ben (microscope room)").click();
    await expect(control(anna)).toContainText("You have control");
    await expect(ben.page.locator(".visually-hidden[role=status]").first()).toContainText("Anna (office) keeps it");
    await choose(ben, /^Request control/);
    // By the keyboard alone.
    await anna.button("Hand over control to Ben (microscope room)").focus();
    await anna.page.keyboard.press("Enter");
    await expect(control(ben)).toContainText("You have control");
    await expect(control(anna)).toContainText("Ben (microscope room) has control");
  });

  await test.step("who is not in control may stop the run all the same", async () => {
    await ben.button("Record").click();
    await ben.recorded(3);
    await expect(anna.button("Stop")).toHaveAttribute("aria-disabled", "false");
    await expect(guest.button("Stop")).toHaveAttribute("aria-disabled", "true");
    // Nothing was heard of Ben for an hour, but it is his recording, and he is connected.
    await lab.wait(3_600_000);
    await expect(control(ben)).toContainText("You have control");
    await anna.button("Stop").click();
    expect(await anna.summary()).toMatch(/^Saved \d+, lost 0/);
    await expect(control(ben)).toContainText("You have control");
  });

  await test.step("an admin takes it, and the one who lost it is told", async () => {
    await choose(rig, /^Take control now/);
    await expect(control(rig)).toContainText("You have control");
    await expect(ben.page.locator(".visually-hidden[role=status]").first()).toContainText(
      "Camera computer took control from you",
    );
    await choose(rig, /^Hand over to Ben/);
    await expect(control(ben)).toContainText("You have control");
  });

  await test.step("silence ends it", async () => {
    await lab.wait(61_000);
    for (const app of [rig, anna, ben, guest]) await expect(control(app)).toContainText("Nobody has control");
    await choose(ben, /^Take control/);
    await expect(control(anna)).toContainText("Ben (microscope room) has control");
  });

  await test.step("who is revoked loses it at once", async () => {
    const devices = await lab.script.call("access.devices", {});
    const id = devices.find(({ name }) => name.startsWith("Ben"))?.id ?? "";
    await lab.script.call("access.revoke", { id });
    await expect(control(anna)).toContainText("Nobody has control");
  });

  await test.step("all of it stands in the audit log", async () => {
    await rig.page.getByRole("tab", { name: "Who did what" }).click();
    const log = rig.page.getByRole("region", { name: "Who did what" });
    const row = (...words: string[]) => words.reduce((rows, hasText) => rows.filter({ hasText }), log.getByRole("row"));
    await expect(row("Anna (office)", "Changed the set-up", "exposure_time_us", "127.0.0.")).toHaveCount(1);
    await expect(row("Ben (microscope room)", "Started")).toHaveCount(1);
    await expect(row("Anna (office)", "Stopped")).toHaveCount(1);
    await expect(row("Camera computer", "refused (not_in_control)")).toHaveCount(1);
    await expect(row("Camera computer", "Took control")).toHaveCount(1);
    await expect(row("Ben (microscope room)", "Lost control", "silence")).toHaveCount(1);
    await expect(row("Ben (microscope room)", "Lost control", "may control no more")).toHaveCount(1);
    await loadAxe(rig.page);
    expect(await violations(rig.page, false)).toEqual([]);
    await rig.choose("Who", "Anna (office)");
    await expect(row("Ben (microscope room)", "Started")).toHaveCount(0);
    await expect(rig.page.getByText(`file: ${join(lab.stateDir, "audit.jsonl")}`)).toBeVisible();
    const lines = (await readFile(join(lab.stateDir, "audit.jsonl"), "utf8")).trim().split("\n");
    const entries = lines.map((line) => JSON.parse(line) as AuditEntry);
    expect(entries.map(({ action }) => action)).toEqual(expect.arrayContaining(["start", "abort", "control.take"]));
    // Who may not administer is not told.
    await expect(anna.page.getByRole("tab", { name: "Who did what" })).toHaveCount(0);
  });
  expect([...rig.errors, ...anna.errors, ...ben.errors, ...guest.errors]).toEqual([]);
});
