#!/usr/bin/env node
// Runs what the build made of the TypeScript.
import { existsSync } from "node:fs";

const built = new URL("../dist/js/main.js", import.meta.url);
try {
  if (existsSync(built)) {
    process.setSourceMapsEnabled(true);
    const { main } = await import(built.href);
    await main(process.argv.slice(2));
  } else {
    console.error("zarrcam is not built yet; `npm start` builds it, `node scripts/build.mjs` without starting it.");
    process.exitCode = 1;
  }
} catch (error) {
  if (error?.code !== "EMFILE") throw error;
  console.error(`error: ${error.message}. This process may open too few files: \`ulimit -n 1024\` allows more.`);
  process.exitCode = 1;
}
