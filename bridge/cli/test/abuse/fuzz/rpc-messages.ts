// Text messages of clients that mean harm, or are broken: requests made from the protocol's own table of methods, then changed.
import { type MethodName, isMethodName, methods, parseRequest } from "@zarrcam/protocol";
import fc from "fast-check";

/** What of a valibot schema says which values it takes. */
interface Schema {
  type: string;
  entries?: Record<string, Schema>;
  wrapped?: Schema;
  item?: Schema;
  options?: readonly unknown[];
}

/** What the recording that goes on meanwhile must not be asked, and what would fill the disk. */
const LEFT_OUT = new Set<MethodName>(["stop", "abort", "give_up", "save_snapshot"]);

const oddNumber = fc.oneof(
  fc.nat(5),
  fc.integer(),
  fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 1e308, -0, 0.5, -1),
);
const oddText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom("frames.zarr", "../frames.zarr", "", "\u0000", "\ud800", "/etc/passwd", "a/".repeat(100), "(.*)*$"),
);
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<fc.JsonValue>(null, [], {}, "__proto__", [[[[[[[[]]]]]]]]),
  oddNumber,
  oddText,
);

/** A document that is one, nearly. */
const document = fc.record({
  video: fc.array(
    fc.record(
      {
        camera: fc.record({
          identifier: fc.record({ kind: fc.constantFrom("Camera", "Storage"), name: oddText }),
          settings: fc.dictionary(
            fc.constantFrom("shape", "offset", "exposure_time_us", "pixel_type", "binning"),
            json,
          ),
        }),
        storage: fc.record({
          identifier: fc.record({ kind: fc.constant("Storage"), name: fc.constantFrom("ZarrV3", "raw", "trash") }),
          settings: fc.dictionary(fc.constantFrom("uri", "acquisition_dimensions", "external_metadata_json"), json),
        }),
        max_frame_count: json,
      },
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  ),
});

/** Values that a schema takes, or would but for their size. */
function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case "strict_object": {
      const entries = Object.entries(schema.entries ?? {});
      return fc.record(Object.fromEntries(entries.map(([name, entry]) => [name, valueOf(entry)])), {
        requiredKeys: entries.filter(([, entry]) => entry.type !== "exact_optional").map(([name]) => name),
      });
    }
    case "exact_optional":
      return valueOf(schema.wrapped ?? { type: "any" });
    case "picklist":
      return fc.constantFrom(...(schema.options ?? [null]));
    case "boolean":
      return fc.boolean();
    case "number":
      return oddNumber;
    case "string":
      return oddText;
    case "array":
      return fc.array(valueOf(schema.item ?? { type: "any" }), { maxLength: 4 });
    default:
      return document;
  }
}

const request = fc.constantFrom(...(Object.keys(methods) as MethodName[])).chain((method) =>
  fc.record(
    {
      jsonrpc: fc.constant("2.0"),
      id: fc.oneof({ weight: 4, arbitrary: fc.nat(1e6) }, oddText, json),
      method: fc.constant(method),
      params: valueOf(methods[method].params as unknown as Schema),
    },
    { requiredKeys: ["jsonrpc", "method"] },
  ),
);

/** Acknowledgements of pictures, sent without being answered, as pages do it by the thousand. */
const acknowledgement = fc.record({
  jsonrpc: fc.constant("2.0"),
  method: fc.constant("preview.ack"),
  params: fc.record({ subscription: oddNumber, frame: oddNumber }),
});

type Change = { at: number; how: "drop" | "replace" | "nest" | "add"; value: unknown };
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(1000),
  how: fc.constantFrom("drop", "replace", "nest", "add"),
  value: json,
});

/** The message with one of its values, at any depth, gone or another. */
function changed(message: unknown, { at, how, value }: Change): unknown {
  const copy = structuredClone(message);
  const places: [holder: Record<string, unknown>, key: string][] = [];
  const walk = (holder: unknown): void => {
    if (typeof holder !== "object" || holder === null) return;
    for (const key of Object.keys(holder)) {
      places.push([holder as Record<string, unknown>, key]);
      walk((holder as Record<string, unknown>)[key]);
    }
  };
  walk(copy);
  const [holder, key] = places[at % Math.max(1, places.length)] ?? [];
  if (!holder || key === undefined) return copy;
  if (how === "drop") delete holder[key];
  else if (how === "replace") holder[key] = value;
  else if (how === "nest") holder[key] = [{ [key]: holder[key] }];
  else holder[`${key} `] = value;
  return copy;
}

type Edit = { at: number; length: number; text: string };
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(10_000),
  length: fc.nat(4),
  text: fc.oneof(
    fc.constantFrom("", '"', "\\", "{", "[", "}", ",", ":", "\u0000", "9".repeat(400), "[".repeat(500)),
    oddText,
  ),
});

function edited(text: string, { at, length, text: other }: Edit): string {
  const from = at % (text.length + 1);
  return text.slice(0, from) + other + text.slice(from + length);
}

const none = <T>(arbitrary: fc.Arbitrary<T>, most: number) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<T[]>([]) },
    { weight: 3, arbitrary: fc.array(arbitrary, { maxLength: most }) },
  );

/** As it goes over the wire: what cannot be told in UTF-8 is replaced. */
const asSent = (text: string): string => Buffer.from(text).toString();

/** Whether the bridge answers it: one without an id it carries out and says nothing. */
export function isAnswered(message: string): boolean {
  const parsed = parseRequest(message);
  return !parsed.ok || parsed.request.id !== undefined;
}

export const rpcMessage: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: request },
      { weight: 1, arbitrary: acknowledgement },
      { weight: 1, arbitrary: json },
    ),
    none(change, 3),
    none(edit, 2),
  )
  .map(([message, changes, edits]) => {
    const value = changes.reduce(changed, message as unknown);
    return asSent(edits.reduce(edited, JSON.stringify(value) ?? ""));
  })
  .filter((text) => {
    const parsed = parseRequest(text);
    return !(parsed.ok && isMethodName(parsed.request.method) && LEFT_OUT.has(parsed.request.method));
  });
