import { DEFAULT_CONFIGURATION, EXAMPLES as OF_THE_CORE, type Configuration } from "@zarrcam/protocol";
import { complete } from "./complete.ts";

/** A set-up with a name. The documents are the core's own, which tests each of them. */
export interface Example {
  name: string;
  explained: string;
  configuration: Configuration;
}

export const FIRST: Configuration = complete(DEFAULT_CONFIGURATION);

export const EXAMPLES: readonly Example[] = [
  ...OF_THE_CORE.map(({ title, description, configuration }) => ({
    name: title,
    explained: description,
    configuration: complete(configuration),
  })),
  { name: "Start again", explained: "One simulated camera, with the default settings", configuration: FIRST },
];

const PRESETS = "zarrcam.presets";

export interface Preset {
  name: string;
  configuration: Configuration;
}

/** Presets live in this browser: they are a person's, not the camera computer's. */
export function readPresets(storage: Storage): Preset[] {
  try {
    const value: unknown = JSON.parse(storage.getItem(PRESETS) ?? "[]");
    if (!Array.isArray(value)) return [];
    return (value as Preset[]).filter(
      ({ name, configuration }) => typeof name === "string" && Array.isArray(configuration.video),
    );
  } catch {
    return [];
  }
}

export function writePresets(storage: Storage, presets: readonly Preset[]): void {
  storage.setItem(PRESETS, JSON.stringify(presets));
}
