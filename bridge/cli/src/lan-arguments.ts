import { resolve } from "node:path";

import { type LanOptions, isDnsName } from "@zarrcam/server";

import { UsageError } from "./exit-codes.ts";
import { pathArgument } from "./path-argument.ts";

/** The options of `serve` that have to do with other computers. */
export interface LanArguments {
  lan?: boolean;
  interface: string[];
  name: string[];
  cert?: string;
  key?: string;
  insecure?: boolean;
}

/** How other computers are to reach the bridge; null: not at all. */
export function lanOptions({
  lan,
  interface: interfaces,
  name: names,
  cert,
  key,
  insecure,
}: LanArguments): LanOptions | null {
  if (!lan) {
    const alone = Object.entries({ interface: interfaces[0], name: names[0], cert, key, insecure }).find(
      ([, value]) => value,
    );
    if (alone) throw new UsageError(`--${alone[0]} says how other computers reach this one, and goes with --lan.`);
    return null;
  }
  const wrong = names.find((name) => !isDnsName(name));
  if (wrong !== undefined) {
    throw new UsageError(`--name takes a name of this computer, "rig3.lab.example" say, not ${JSON.stringify(wrong)}.`);
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError("--cert and --key go together: the certificate's file, and the file of its key.");
  }
  if (insecure && cert !== undefined)
    throw new UsageError("--insecure is plain http, where --cert has no use: leave one of them out.");
  const common = { interfaces, names };
  if (insecure) return { ...common, protection: { kind: "insecure" } };
  if (cert === undefined || key === undefined) return { ...common, protection: { kind: "authority" } };
  const file = (path: string) => resolve(pathArgument(path));
  return { ...common, protection: { kind: "files", certificate: file(cert), key: file(key) } };
}
