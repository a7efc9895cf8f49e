import type { Command } from "./command.ts";
import { UsageError, exitCodes } from "./exit-codes.ts";
import { errorDocument, errorText, print, printJson, say } from "./output.ts";

/** Each is loaded when it is asked for: `devices` needs no server. */
const commands: Record<string, () => Promise<Command>> = {
  serve: async () => (await import("./commands/serve.ts")).serve,
  devices: async () => (await import("./commands/devices.ts")).devices,
  validate: async () => (await import("./commands/validate.ts")).validate,
  acquire: async () => (await import("./commands/acquire.ts")).acquire,
  info: async () => (await import("./commands/info.ts")).info,
  recover: async () => (await import("./commands/recover.ts")).recover,
  access: async () => (await import("./commands/access.ts")).access,
};

/** Runs a command line and ends the process with its exit code. */
export async function main(args: string[]): Promise<void> {
  process.exitCode = await run(args);
}

async function run([name, ...rest]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    print(await overview());
    return name === undefined ? exitCodes.usage : exitCodes.done;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    say(`There is no command ${JSON.stringify(name)}.\n\n${await overview()}`);
    return exitCodes.usage;
  }
  const command = await load();
  if (rest.includes("--help") || rest.includes("-h")) {
    print(command.help);
    return exitCodes.done;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    if (error instanceof UsageError) {
      say(`zarrcam ${name}: ${error.message}\n\`zarrcam ${name} --help\` says what it takes.`);
      return exitCodes.usage;
    }
    if (name !== "acquire" && rest.includes("--json")) printJson({ error: errorDocument(error) });
    say(errorText(error));
    return exitCodes.failed;
  }
}

async function overview(): Promise<string> {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(
    async ([name, load]) => `  ${name.padEnd(width)}  ${(await load()).summary}`,
  );
  return ["zarrcam COMMAND [options]\n", ...(await Promise.all(lines)), "\n`zarrcam COMMAND --help` says more."].join(
    "\n",
  );
}
