import { expect as playwrightExpect } from "playwright/test";

/** Playwright's `expect`, which asks a function as soon and as often as it asks the page. */
export const expect = new Proxy(playwrightExpect, {
  get: (target, key) => {
    if (key !== "poll") return Reflect.get(target, key) as unknown;
    const poll: typeof playwrightExpect.poll = (ask, options) =>
      target.poll(ask, { intervals: [50, 50, 100, 100, 250], ...(typeof options === "object" ? options : {}) });
    return poll;
  },
});
