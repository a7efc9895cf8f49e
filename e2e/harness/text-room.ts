// Whether every text of the page has room of its own: what lies on another text, or is cut off, cannot be read.
import type { Page } from "playwright/test";

/** In words short enough to read in a failed test; none: all can be read. */
export function crowded(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    interface Text {
      words: string;
      element: Element;
      box: { left: number; top: number; right: number; bottom: number };
    }
    const texts: Text[] = [];
    const problems: string[] = [];
    const short = (text: string) => `"${text.replace(/\s+/g, " ").slice(0, 50)}"`;
    /** What lies over others on purpose: menus, dialogs, words on the image. */
    const layerOf = (element: Element) =>
      element.closest("dialog, [popover], [role=menu], [role=dialog], [role=application], [data-layer]");

    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      const words = node.textContent?.trim() ?? "";
      if (!element || words === "" || element.closest("script, style, select, option, svg")) continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        const box = { left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom };
        if (rect.width < 1 || rect.height < 1) continue;
        let cut = "";
        let seen = true;
        for (let around: Element | null = element; around && around !== document.body; around = around.parentElement) {
          const style = getComputedStyle(around);
          // For screen readers alone.
          if (style.clipPath !== "none" || (around.clientWidth <= 1 && style.overflowX !== "visible")) seen = false;
          if (style.overflowX === "visible" && style.overflowY === "visible") continue;
          const frame = around.getBoundingClientRect();
          const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
          const lost = Math.max(box.right - frame.right, frame.left - box.left);
          const lostBelow = Math.max(box.bottom - frame.bottom, frame.top - box.top);
          if (!scrolls && style.textOverflow !== "ellipsis" && (lost > 2 || lostBelow > 4)) cut = short(words);
          box.left = Math.max(box.left, frame.left);
          box.right = Math.min(box.right, frame.right);
          box.top = Math.max(box.top, frame.top);
          box.bottom = Math.min(box.bottom, frame.bottom);
        }
        if (!seen || box.right - box.left < 1 || box.bottom - box.top < 1) continue;
        if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1) cut = short(words);
        if (cut !== "") problems.push(`cut off: ${cut}`);
        texts.push({ words, element, box });
      }
    }
    texts.forEach((one, at) => {
      for (const other of texts.slice(at + 1)) {
        // A text that ends in dots is told of twice.
        if (one.element === other.element && one.words === other.words) continue;
        const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (width <= 1 || height <= 3 || layerOf(one.element) !== layerOf(other.element)) continue;
        problems.push(`on each other: ${short(one.words)} and ${short(other.words)}`);
      }
    });
    return [...new Set(problems)];
  });
}
