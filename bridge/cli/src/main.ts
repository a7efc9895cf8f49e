import type { Command } from "./command.ts";
import { acquire } from "./commands/acquire.ts";
import { devices } from "./commands/devices.ts";
import { info } from "./commands/info.ts";
import { recover } from "./commands/recover.ts";
import { serve } from "./commands/serve.ts";
import { validate } from "./commands/validate.ts";
import { UsageError, exitCodes } from "./exit-codes.ts";
import { errorText, print, say } from "./output.ts";

const commands: Record<string, Command> = { serve, devices, validate, acquire, info, recover };

/** Runs a command line and ends the process with its exit code. */
export async function main(args: string[]): Promise<void> {
  process.exitCode = await run(args);
}

async function run([name, ...rest]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    print(overview());
    return name === undefined ? exitCodes.usage : exitCodes.done;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    say(`There is no command ${JSON.stringify(name)}.\n\n${overview()}`);
    return exitCodes.usage;
  }
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
    say(errorText(error));
    return exitCodes.failed;
  }
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return ["zarrcam COMMAND [options]\n", ...lines, "\n`zarrcam COMMAND --help` says more."].join("\n");
}
