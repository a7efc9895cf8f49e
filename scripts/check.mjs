// `npm run check`: types, lint, format, import directions, documentation. Each tool is one test.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packages, root } from "./build.mjs";
import { requireForBuild } from "./prerequisites.mjs";
import { readersPythonPath } from "./python.mjs";
import { byExit, finish, sideBySide, skip, step } from "./steps.mjs";
import { wasm } from "./wasm.mjs";

const native = join(root, "native");
const tool = (name, command, args, options = {}) => ({
  name,
  needs: options.needs,
  after: options.after,
  background: true,
  run: () => step(name, command, args, byExit, { ...options, background: true }),
});

// TypeScript 7, which takes a fifth of the time; eslint and svelte-check need the interface of 6, and get it as `typescript`.
const compiler = join(root, "node_modules/@typescript/native/bin/tsc");
const types = (name, project) => tool(name, process.execPath, [compiler, "-p", project]);

/** What reads TypeScript and Svelte. */
export const pageChecks = () => [
  tool("eslint", "npx", ["eslint", "."]),
  tool("svelte-check", "npx", [
    "svelte-check",
    "--workspace",
    "web",
    "--fail-on-warnings",
    "--output",
    "human",
    // By TypeScript 7, too; what Svelte became lies in web/.svelte-check.
    "--tsgo",
  ]),
  tool("prettier", "npx", ["prettier", "--check", "--log-level", "warn", "."]),
  types("typescript", "tsconfig.json"),
  // What the journeys hand to the page runs there, so they know the DOM.
  types("typescript, service worker", "web/site-worker/tsconfig.json"),
  types("typescript, journeys", "e2e/tsconfig.json"),
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

/** What reads Python: `npm test` makes the environment that it lies in. */
export const pythonChecks = () =>
  [
    ["ruff", "check", "bridge/python"],
    ["ruff", "format", "--check", "bridge/python"],
  ].map((args) => {
    const name = args.slice(0, -1).join(" ");
    const python = readersPythonPath();
    const run = () =>
      existsSync(python)
        ? step(name, python, ["-m", ...args], byExit, { background: true })
        : Promise.resolve(skip(name, "`npm test`, or `node scripts/python.mjs readers`, installs it") ?? true);
    return { name, needs: ["Python"], background: true, run };
  });

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
    after: ["clippy"],
    env: { RUSTDOCFLAGS: "-D warnings" },
  }),
  { name: "wasm", after: ["clippy"], background: true, run: wasm },
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireForBuild();
  packages();
  await sideBySide([...nativeChecks().slice(2), ...pageChecks(), ...pythonChecks(), ...nativeChecks().slice(0, 2)]);
  finish();
}
