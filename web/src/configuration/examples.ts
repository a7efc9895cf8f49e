import { DEFAULT_CONFIGURATION, EXAMPLES as OF_THE_CORE, type Configuration } from "@zarrcam/protocol";
import { withDefaults } from "./with-defaults.ts";

/** A set-up with a name. The documents are the core's own, which tests each of them. */
export interface Example {
  name: string;
  explanation: string;
  configuration: Configuration;
}

/** The set-up that a page begins with: one simulated camera. */
export const START_CONFIGURATION: Configuration = withDefaults(DEFAULT_CONFIGURATION);

export const EXAMPLES: readonly Example[] = [
  ...OF_THE_CORE.map(({ title, description, configuration }) => ({
    name: title,
    explanation: description,
    configuration: withDefaults(configuration),
  })),
  {
    name: "Start again",
    explanation: "One simulated camera, with the default settings",
    configuration: START_CONFIGURATION,
  },
];

const PRESETS = "zarrcam.presets";

/** A set-up that somebody keeps in this browser. */
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
