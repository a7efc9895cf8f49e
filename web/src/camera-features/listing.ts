import type { CameraFeature, FeatureLevel, FeatureValue } from "@zarrcam/protocol";

export const LEVELS: readonly { value: FeatureLevel; label: string }[] = [
  { value: "beginner", label: "Beginner" },
  { value: "expert", label: "Expert" },
  { value: "guru", label: "Guru" },
];

/** Features of one category, in the camera's order. */
export interface FeatureGroup {
  /** "Analog Control › Gain" */
  title: string;
  features: CameraFeature[];
}

/** Those that are for this level or an easier one, and hold every word that is searched for; a search looks at all levels. */
export function grouped(features: readonly CameraFeature[], level: FeatureLevel, search: string): FeatureGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (of: FeatureLevel) => LEVELS.findIndex(({ value }) => value === of);
  const groups = new Map<string, CameraFeature[]>();
  for (const feature of features) {
    const { name, display_name, description, category } = feature;
    const text = [name, display_name, description, ...category].join(" ").toLowerCase();
    const shown = words.length > 0 ? words.every((word) => text.includes(word)) : rank(feature.level) <= rank(level);
    if (!shown) continue;
    const title = category.join(" › ");
    const group = groups.get(title);
    if (group) group.push(feature);
    else groups.set(title, [feature]);
  }
  return [...groups].map(([title, of]) => ({ title, features: of }));
}

/** How a value that cannot be edited here is shown. */
export function valueText({ value, unit, choices }: CameraFeature): string {
  if (value === null) return "–";
  if (typeof value === "boolean") return value ? "on" : "off";
  const label = choices.find((choice) => choice.value === value)?.label ?? String(value);
  return unit === "" ? label : `${label} ${unit}`;
}

/** Why it cannot be set here; null: it can. */
export function fixedBecause({ setting, writable, kind }: CameraFeature): string | null {
  if (setting !== "") return "Set above, by the setting of every camera";
  if (kind === "command") return "Something to be done, which is not offered here";
  return writable ? null : "The camera does not let it be set now";
}

/** A document's features with one of them set, or left to the camera. */
export function withFeature(
  features: Record<string, FeatureValue> | undefined,
  name: string,
  value: FeatureValue | null,
): Record<string, FeatureValue> | undefined {
  const next = Object.fromEntries(Object.entries(features ?? {}).filter(([key]) => key !== name));
  if (value !== null) next[name] = value;
  return Object.keys(next).length > 0 ? next : undefined;
}
