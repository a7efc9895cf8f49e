import type { Look } from "./pixels.ts";

/** A webcam as `enumerateDevices` says it; before the browser has let the page use one, both are empty. */
export interface ListedWebcam {
  deviceId: string;
  label: string;
}

/** A webcam in one of its two looks, by the name that documents have. */
export interface NamedWebcam {
  name: string;
  look: Look;
  /** `null`: the one that the browser takes by itself. */
  deviceId: string | null;
  /** As people know it. */
  label: string;
}

const LOOKS: readonly Look[] = ["gray", "RGB"];
/** So many characters of the browser's own id tell two webcams of one make apart. */
const ID_CHARACTERS = 6;

const printable = (label: string): string => label.replaceAll(/[\u0000-\u001f\u007f]/g, "").trim();

/**
 * The webcams by their names, each in gray and in colours. Those that the browser names stand first; behind them stands the one
 * that it takes by itself, which is all that it says before it has let the page use one, and where there is none. Two of one make are told apart by the
 * browser's own id, which stays until the site's data are cleared.
 */
export function namedWebcams(listed: readonly ListedWebcam[]): NamedWebcam[] {
  const known = listed
    .map(({ deviceId, label }) => ({ deviceId, label: printable(label) }))
    .filter(({ label }) => label);
  const named = known.flatMap(({ deviceId, label }) => {
    const isAlone = known.every((other) => other.deviceId === deviceId || other.label !== label);
    const told = isAlone ? label : `${label} [${deviceId.slice(0, ID_CHARACTERS)}]`;
    return LOOKS.map((look) => ({ name: `webcam ${look}: ${told}`, look, deviceId, label: told }));
  });
  return [...named, ...LOOKS.map((look) => ({ name: `webcam ${look}`, look, deviceId: null, label: "the webcam" }))];
}
