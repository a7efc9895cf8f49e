import { DEFAULT_STREAM, type Configuration, type VideoStream } from "@zarrcam/protocol";

/** A document as files have it, filled up with the defaults of every field that it leaves out. Acquire 0.3's `filename` is `uri`. */
export function withDefaults(document: Configuration): Configuration {
  return {
    video: document.video.map((entry) => {
      const stream = merge(DEFAULT_STREAM, entry) as VideoStream;
      const settings: VideoStream["storage"]["settings"] & { filename?: string | null } = stream.storage.settings;
      if ("filename" in settings) {
        settings.uri ??= settings.filename ?? null;
        delete settings.filename;
      }
      return stream;
    }),
  };
}

function merge(template: unknown, value: unknown): unknown {
  if (value === undefined) return structuredClone(template);
  if (!isObject(template) || !isObject(value)) return structuredClone(value);
  const keys = new Set([...Object.keys(template), ...Object.keys(value)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(template[key], value[key])]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
