#!/usr/bin/env node
// Plain JavaScript: brings up what runs TypeScript, then the program.
import { register } from "tsx/esm/api";

register();
const { main } = await import("../src/main.ts");
await main(process.argv.slice(2));
