import { type ParseArgsConfig, parseArgs } from "node:util";

import { type ExitCode, UsageError } from "./exit-codes.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
/** What an option does, in a line; `value` names what it takes. */
export type OptionHelp<O extends Options> = { [K in keyof O]: { value?: string; text: string } };

export interface Command {
  summary: string;
  help: string;
  run(args: string[]): Promise<ExitCode>;
}

export interface CommandSpec<O extends Options> {
  name: string;
  summary: string;
  /** Positional arguments, as the help shows them: "CONFIG.json". */
  positionals: string[];
  /** What may follow them, as the help shows it. */
  optionalPositionals?: string[];
  options: O;
  optionHelp: OptionHelp<O>;
  /** What the help says after the options. */
  notes?: string;
  run(
    values: ReturnType<typeof parseArgs<{ options: O; strict: true }>>["values"],
    positionals: string[],
  ): Promise<ExitCode>;
}

export function defineCommand<const O extends Options>(spec: CommandSpec<O>): Command {
  return {
    summary: spec.summary,
    help: helpText(spec),
    run: async (args) => {
      let parsed: { values: unknown; positionals: string[] };
      try {
        parsed = parseArgs({ args, options: spec.options, strict: true, allowPositionals: true });
      } catch (error) {
        throw new UsageError(error instanceof Error ? error.message : String(error));
      }
      const { positionals } = parsed;
      if (positionals.length < spec.positionals.length) {
        throw new UsageError(`${spec.positionals[positionals.length]} is missing.`);
      }
      const most = spec.positionals.length + (spec.optionalPositionals?.length ?? 0);
      if (positionals.length > most) {
        throw new UsageError(`${JSON.stringify(positionals[most])} is one argument too many.`);
      }
      return spec.run(parsed.values as Parameters<typeof spec.run>[0], positionals);
    },
  };
}

function helpText<O extends Options>(spec: CommandSpec<O>): string {
  const optional = (spec.optionalPositionals ?? []).map((name) => `[${name}]`);
  const usage = ["zarrcam", spec.name, ...spec.positionals, ...optional, "[options]"].join(" ");
  const rows = Object.entries(spec.optionHelp).map(([name, { value, text }]) => [
    `--${name}${value ? ` ${value}` : ""}`,
    text,
  ]);
  rows.push(["--help", "show this text"]);
  const width = Math.max(...rows.map(([flag = ""]) => flag.length));
  const lines = rows.map(([flag = "", text = ""]) => `  ${flag.padEnd(width)}  ${text}`);
  return [`${usage}\n\n${spec.summary}\n`, ...lines, ...(spec.notes ? ["", spec.notes] : [])].join("\n");
}

/** A whole number from an option's text. */
export function wholeNumber(text: string, option: string, low: number, high: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(number >= low && number <= high)) {
    throw new UsageError(`--${option} takes a whole number from ${low} to ${high}, not ${JSON.stringify(text)}.`);
  }
  return number;
}
