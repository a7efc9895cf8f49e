// What the page shows, counted by the page itself: it is asked once, and answers once.
import type { BareBrowser } from "./bare-browser.ts";

/** Runs in the page: the figures that it shows, five times a second. */
async function watchHere({ seconds, settleMs }: { seconds: number; settleMs: number }) {
  interface Scope {
    zarrcam: { viewer: { counters(): Promise<Record<string, number>> } };
  }
  const { viewer } = (globalThis as unknown as Scope).zarrcam;
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  await sleep(settleMs);
  const before = await viewer.counters();
  const begun = performance.now();
  const shown: number[] = [];
  const ages: number[] = [];
  while (performance.now() - begun < seconds * 1000) {
    const band = document.querySelector("[data-tone]")?.textContent ?? "";
    const words = /(?:frame|id) \d+\s+([\d.]+) (ms|s) old\s+(?:shown|slowed)\s+([\d.]+)/.exec(
      band.replace(/\s+/g, " "),
    );
    if (words) {
      shown.push(Number(words[3]));
      ages.push(Number(words[1]) * (words[2] === "s" ? 1000 : 1));
    }
    await sleep(200);
  }
  const after = await viewer.counters();
  const gone = (performance.now() - begun) / 1000;
  const since = (name: string) => ((after[name] ?? 0) - (before[name] ?? 0)) / gone;
  const drawnBy = document.querySelector("[data-testid=renderer]")?.textContent?.trim() ?? "";
  return {
    shown: median(shown),
    ageMs: median(ages),
    carried: since("received"),
    /** Of those, what came by the stream. */
    streamed: since("streamed"),
    megabytes: since("receivedBytes") / 1e6,
    drawnBy,
  };
}
/** The function as it is, called there; what transpiles it here may have named its parts by a helper of its own. */
export function inPage<T>(here: (given: T) => unknown, given: T): string {
  return `(() => { const __name = (one) => one; return (${here.toString()})(${JSON.stringify(given)}); })()`;
}
export type Figures = Awaited<ReturnType<typeof watchHere>>;
/** @param settleMs what just began is left out */
export const watch = (page: BareBrowser, seconds: number, settleMs = 3000) =>
  page.evaluate<Figures>(inPage(watchHere, { seconds, settleMs }));

/** The page is there and connected; zoomed in where that is asked for. */
async function readyHere(zoomIn: number) {
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const connected = () => /Connected/.test(document.querySelector("header")?.textContent ?? "");
  while (!connected() || !("zarrcam" in globalThis)) await sleep(50);
  const button = (name: string) =>
    [...document.querySelectorAll("button")].find(
      (one) => one.textContent?.trim() === name || one.getAttribute("aria-label") === name,
    );
  if (zoomIn > 0) button("1:1")?.click();
  for (let times = 1; times < zoomIn; times++) button("Zoom in")?.click();
  return [innerWidth, innerHeight];
}
export async function ready(
  page: BareBrowser,
  size: { width: number; height: number; zoomIn?: number },
): Promise<void> {
  const inside = await page.evaluate<number[]>(inPage(readyHere, size.zoomIn ?? 0));
  if (inside[0] !== size.width || inside[1] !== size.height) throw new Error(`the page is ${inside.join(" x ")} px`);
}
