// The one table of methods: their names, what they take, what they answer. README.md documents it; a test compares the two.
import {
  type GenericSchema,
  type InferInput,
  type InferOutput,
  array,
  boolean,
  integer,
  maxLength,
  maxValue,
  minLength,
  minValue,
  number,
  optional,
  picklist,
  pipe,
  strictObject,
  string,
} from "valibot";

import type {
  AppliedConfiguration,
  Capabilities,
  DatasetInfo,
  DeviceIdentifier,
  DeviceInfo,
  LeftOut,
  LossPage,
  Meaning,
  Plan,
  Problem,
  Recovery,
  RunSummary,
  RuntimeState,
  SpeedReport,
  Started,
  Stats,
  Suggestion,
  VideoStream,
} from "./generated/index.ts";
import { MAX_LOSSES, MAX_PREVIEW_SIDE_PX } from "./limits.ts";
import { plainObject } from "./plain-object.ts";

export interface Validation {
  problems: Problem[];
  /** One a stream; null where there is no stream, or its problems leave no plan. */
  plans: (Plan | null)[];
  /** One a stream: what is free now where it would write; null: it writes nothing, or nobody knows. */
  disk_free_bytes: (number | null)[];
  /** One a stream: its settings with nothing left open, right or not; null where there is no stream. */
  meanings: (Meaning | null)[];
}
/** The picture comes in a binary message with this subscription id, before this answer. */
export interface Snapped {
  subscription: number;
  hardware_frame_id: number;
}

export interface Snapshot {
  /** In the data folder: `/data/{name}` serves it. */
  name: string;
  /** On the camera computer. */
  path: string;
}

interface Method<P extends GenericSchema, R> {
  readonly params: P;
  /** Never set: carries the type of the result. In a tuple, so that a result may be null. */
  readonly result?: [R];
}
function method<R>() {
  return <P extends GenericSchema>(params: P): Method<P, R> => ({ params });
}

const none = strictObject({});
const count = pipe(number(), integer(), minValue(0), maxValue(Number.MAX_SAFE_INTEGER));
const stream = pipe(number(), integer(), minValue(0), maxValue(1023));
const lossCount = pipe(count, maxValue(MAX_LOSSES));
const side = pipe(number(), integer(), minValue(1), maxValue(MAX_PREVIEW_SIDE_PX));
/** Acquire's kinds; of some there are no devices. */
const kind = picklist(["Camera", "Storage", "StageAxis", "Signals", "NONE"]);
/** The core reads and judges the document; here it only has to be an object. */
const document = plainObject;
const region = strictObject({ x: count, y: count, width: pipe(count, minValue(1)), height: pipe(count, minValue(1)) });

export const methods = {
  devices: method<DeviceInfo[]>()(strictObject({ kind: optional(kind) })),
  select: method<DeviceIdentifier | null>()(strictObject({ kind, name: optional(string()) })),
  select_one_of: method<DeviceIdentifier | null>()(strictObject({ kind, names: array(string()) })),
  get_configuration: method<AppliedConfiguration>()(none),
  set_configuration: method<AppliedConfiguration>()(
    strictObject({ configuration: document, revision: optional(count) }),
  ),
  get_capabilities: method<Capabilities>()(none),
  validate: method<Validation>()(strictObject({ configuration: document })),
  suggest: method<Suggestion>()(strictObject({ stream, use: picklist(["planes", "time_courses", "cloud"]) })),
  next_name: method<{ name: string }>()(
    strictObject({
      uri: pipe(string(), maxLength(4096)),
      taken: pipe(array(pipe(string(), maxLength(4096))), maxLength(1024)),
    }),
  ),
  start: method<Started>()(
    strictObject({
      record: boolean(),
      next_names: optional(boolean(), false),
      replace_foreign_files: optional(boolean(), false),
    }),
  ),
  stop: method<RunSummary>()(none),
  abort: method<RunSummary>()(none),
  give_up: method<RunSummary>()(none),
  measure_speed: method<SpeedReport>()(none),
  get_speed: method<SpeedReport | null>()(none),
  snap: method<Snapped>()(strictObject({ stream })),
  save_snapshot: method<Snapshot>()(strictObject({ stream, name: optional(string()) })),
  execute_trigger: method<Record<string, never>>()(strictObject({ stream })),
  get_state: method<{ state: RuntimeState }>()(none),
  get_stats: method<Stats>()(none),
  get_losses: method<LossPage>()(strictObject({ stream, from: optional(count, 0), count: optional(lossCount, 1000) })),
  "preview.subscribe": method<{ subscription: number }>()(
    strictObject({
      stream,
      max_width: side,
      max_height: side,
      region: optional(region),
      /** It may begin with the last picture of the run that has ended. */
      ended_run: optional(boolean()),
      /** An own subscription to change in place. */
      subscription: optional(count),
    }),
  ),
  "preview.ack": method<Record<string, never>>()(strictObject({ subscription: count, frame: count })),
  "preview.unsubscribe": method<Record<string, never>>()(strictObject({ subscription: count })),
  "datasets.list": method<DatasetInfo[]>()(none),
  "datasets.left_out": method<LeftOut[]>()(none),
  "datasets.info": method<DatasetInfo>()(strictObject({ name: pipe(string(), minLength(1)) })),
  "datasets.losses": method<LossPage>()(
    strictObject({ name: pipe(string(), minLength(1)), from: optional(count, 0), count: optional(lossCount, 1000) }),
  ),
  "datasets.settings": method<VideoStream | null>()(strictObject({ name: pipe(string(), minLength(1)) })),
  "datasets.recover": method<Recovery>()(strictObject({ name: pipe(string(), minLength(1)) })),
} as const;

export type MethodName = keyof typeof methods;
export type Params<M extends MethodName> = InferInput<(typeof methods)[M]["params"]>;
export type ParsedParams<M extends MethodName> = InferOutput<(typeof methods)[M]["params"]>;
export type Result<M extends MethodName> = NonNullable<(typeof methods)[M]["result"]>[0];

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}
