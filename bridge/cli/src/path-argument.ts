import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { UsageError } from "./exit-codes.ts";

/**
 * A path that was typed, as it is meant: `~/` is the home folder also where the shell left it (`--data=~/x`, quotes).
 * What only a shell would replace, or nobody sees, is refused, unless something of that very name is there.
 *
 * @throws UsageError that says what to type instead.
 */
export function pathArgument(path: string): string {
  if (existsSync(path)) return path;
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(1));
  const refuse = (why: string) => new UsageError(`${JSON.stringify(path)}: ${why}`);
  if (path.startsWith("~")) throw refuse("only ~/ stands for a home folder, your own; write the whole path.");
  const variable = /\$\{?[A-Za-z_]\w*\}?|%[A-Z_][A-Z0-9_]*%/.exec(path)?.[0];
  if (variable) throw refuse(`${variable} was not replaced by the shell; write the path out.`);
  if (path.split(/[/\\]/).some((name) => name !== name.trim())) {
    throw refuse("a name in it begins or ends with a blank; leave the blank out.");
  }
  return path;
}
