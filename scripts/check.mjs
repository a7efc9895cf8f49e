// `npm run check`: types, lint, format, import directions, documentation. Each tool is one test.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packages, root } from "./build.mjs";
import { requireForBuild } from "./prerequisites.mjs";
import { byExit, finish, sideBySide, step } from "./steps.mjs";
import { wasm } from "./wasm.mjs";

const native = join(root, "native");
const tool = (name, command, args, options = {}) => ({
  name,
  needs: options.needs,
  background: true,
  run: () => step(name, command, args, byExit, { ...options, background: true }),
});

/** What reads TypeScript and Svelte. */
export const pageChecks = () => [
  tool("eslint", "npx", ["eslint", "."]),
  tool("svelte-check", "npx", ["svelte-check", "--workspace", "web", "--fail-on-warnings", "--output", "human"]),
  tool("prettier", "npx", ["prettier", "--check", "--log-level", "warn", "."]),
  tool("typescript", "npx", ["tsc", "-p", "tsconfig.json"]),
  // What the journeys hand to the page runs there, so they know the DOM.
  tool("typescript, service worker", "npx", ["tsc", "-p", "web/site-worker/tsconfig.json"]),
  tool("typescript, journeys", "npx", ["tsc", "-p", "e2e/tsconfig.json"]),
  tool("import directions", "npx", [
    "depcruise",
    "--config",
    ".dependency-cruiser.cjs",
    "bridge",
    "web/src",
    "e2e",
    "examples",
  ]),
];

// As the tests are: with them it shares what was compiled, such as the packages' build scripts.
const compiled = ["--profile", "bench", "--locked"];

/** What reads Rust; cargo lets one at a time into its folder. */
export const nativeChecks = () => [
  tool("rustfmt", "cargo", ["fmt", "--check"], { cwd: native }),
  tool("rustfmt, reader", "cargo", ["fmt", "--check"], { cwd: join(root, "e2e/readers/zarrs") }),
  tool("clippy", "cargo", ["clippy", ...compiled, "--workspace", "--all-targets", "--", "-D", "warnings"], {
    cwd: native,
    needs: ["core"],
  }),
  // As clippy did: of the same metadata of all packages.
  tool("rustdoc", "cargo", ["doc", ...compiled, "--workspace", "--no-deps"], {
    cwd: native,
    needs: ["clippy"],
    env: { RUSTDOCFLAGS: "-D warnings" },
  }),
  { name: "wasm", needs: ["clippy"], background: true, run: wasm },
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireForBuild();
  packages();
  await sideBySide([...nativeChecks().slice(2), ...pageChecks(), ...nativeChecks().slice(0, 2)]);
  finish();
}
