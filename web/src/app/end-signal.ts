import type { Result } from "../run/result.ts";

/** What a person wants to be told by when a recording ends. */
export type EndSignal = "none" | "sound" | "notification";

/** Two short tones: rising where all is well, falling where it is not. */
const TONES: Record<"good" | "bad", [number, number]> = { good: [660, 880], bad: [440, 330] };
const TONE_S = 0.18;

/** Tells that a recording has ended, as this browser's user wants it. */
export function signalEnd(signal: EndSignal, result: Pick<Result, "level" | "text" | "rest">): void {
  if (signal === "none") return;
  const isGood = result.level === "good" || result.level === "stopped";
  if (signal === "sound" || Notification.permission !== "granted") playTones(TONES[isGood ? "good" : "bad"]);
  else
    new Notification(isGood ? "Recording ended" : "Recording ended with losses", { body: result.text + result.rest });
}

/** Asks the browser where it has to be asked. @returns what holds: without the permission a sound is what is left */
export async function allowSignal(signal: EndSignal): Promise<EndSignal> {
  if (signal !== "notification") return signal;
  if (!("Notification" in globalThis)) return "sound";
  return (await Notification.requestPermission()) === "granted" ? signal : "sound";
}

function playTones(tones: [number, number]): void {
  const audio = new AudioContext();
  tones.forEach((hertz, at) => {
    const tone = new OscillatorNode(audio, { frequency: hertz, type: "sine" });
    const volume = new GainNode(audio, { gain: 0.15 });
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + at * TONE_S);
    tone.stop(audio.currentTime + (at + 1) * TONE_S);
    if (at === tones.length - 1) tone.onended = () => void audio.close();
  });
}
