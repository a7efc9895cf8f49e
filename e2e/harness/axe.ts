// What a page keeps from people who do not see it, or see little, by axe-core.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import type { Page } from "playwright/test";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** axe reads the page through the protocol: the page's own policy lets no foreign script in. */
export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(axeSource);
}

interface Axe {
  run(options: object): Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }>;
}

/** What axe finds, in words short enough to read in a failed test; of all rules, or of those that a theme can break. */
export async function violations(page: Page, ofTheme: boolean): Promise<string[]> {
  return page.evaluate(async (ofTheme) => {
    const { axe } = globalThis as unknown as { axe: Axe };
    const rules = ofTheme ? { runOnly: ["color-contrast", "link-in-text-block"] } : {};
    const { violations } = await axe.run({ resultTypes: ["violations"], ...rules });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" | ")}`);
  }, ofTheme);
}
