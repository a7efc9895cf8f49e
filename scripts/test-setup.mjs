// Before any test: what it starts is that of the sources as they are.
import { relative } from "node:path";
import { addon, bridge, core, emulator, page, root, site } from "./build.mjs";

/** A test that stands beside its code starts nothing. */
const needsNothing = (path) => relative(root, path).split(/[\\/]/).includes("src");

/** `context`: Vitest's project, or Playwright's configuration, whose browser loads the page. */
export default (context) => {
  if (context.vitest?.state.getPaths().every(needsNothing)) return;
  addon();
  bridge();
  if (context.vitest) return;
  core();
  emulator();
  page();
  site();
};
