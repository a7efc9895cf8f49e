// The one table of methods: who may call each, what it takes as it comes over the wire, and which share their way. What they take and answer as
// types is the core's (`CoreCalls`) and, for what the bridge itself does, written here. README.md documents them; a test
// compares the two.
import {
  type GenericSchema,
  array,
  boolean,
  exactOptional,
  finite,
  integer,
  maxLength,
  maxValue,
  minLength,
  minValue,
  number,
  picklist,
  pipe,
  strictObject,
  string,
} from "valibot";

import { type AccessCalls, accessParams } from "./access-calls.ts";
import { type AuditCalls, auditParams } from "./audit-calls.ts";
import { type ControlCalls, controlParams } from "./control-calls.ts";
import type { AppliedChange, CoreCalls, Validation } from "./generated/index.ts";
import { type CallGroup, MAX_LOSSES, MAX_PREVIEW_SIDE_PX } from "./limits.ts";
import { plainObject } from "./plain-object.ts";
import type { Region } from "./preview-frame.ts";
import type { PreviewEncoding } from "./preview-header.ts";
import type { RigSearch } from "./rigs.ts";
import type { Role } from "./roles.ts";

/** Answer of `snap`. The picture itself comes before it, in a binary message that bears `subscription`, or in pieces. */
export interface Snapped {
  subscription: number;
  /** How the camera itself counted the frame. */
  hardware_frame_id: number;
}

/** A TIFF file of one frame that `save_snapshot` wrote. */
export interface Snapshot {
  /** Name of the file in the data folder; `/data/{name}` serves it. */
  name: string;
  /** Absolute path of the file on the camera computer. */
  path: string;
}

/** What `preview.subscribe` takes. */
export interface PreviewSubscriptionRequest {
  /** Index in the configuration's `video`. */
  stream: number;
  /** The picture is reduced by a whole number until it is no wider than this, px. */
  max_width: number;
  /** The picture is reduced until it is no higher than this, px. */
  max_height: number;
  /** Which part of the frame is wanted; left out: the whole frame. */
  region?: Region;
  /** Whether the first picture may be the last one of a run that has ended. Default false. */
  ended_run?: boolean;
  /** The encodings that the client takes besides raw pixels, which are for slow networks. Left out: it takes none, and gets what it asks for. */
  encodings?: Exclude<PreviewEncoding, "raw">[];
  /** Whether nothing may be lost, however long each picture takes. Default false. */
  lossless?: boolean;
  /** The values that 8 bits are to tell apart, where an encoding has no more; left out: those of the frame. */
  window?: { minimum: number; maximum: number };
  /** Id of a subscription of this session that is to be changed, and keeps its id; left out: a new one is made. */
  subscription?: number;
}

/** By which road a session's pictures come: its own socket, or the stream that was opened beside it. */
export type PreviewRoad = "socket" | "stream";

/** Answer of `preview.road`. */
export interface PreviewRoadInForce {
  /** `socket` where there is no stream. */
  road: PreviewRoad;
  /** Pictures that have gone onto the stream since it was opened: who has fewer, and gets none, waits in vain. */
  pictures: number;
}

/** Methods that only a session of a bridge has: their pictures come in binary messages, or they are the bridge's own affair. */
interface SessionCalls {
  /** `pieces`: over a slow link the picture may come in pieces, each of which the client acknowledges. */
  snap: { params: { stream: number; pieces?: boolean }; answer: Snapped };
  "preview.subscribe": { params: PreviewSubscriptionRequest; answer: { subscription: number } };
  /** `held_ms`: how long the client had the picture before it said so, ms: what is left of the round trip is the network's. */
  "preview.ack": {
    params: { subscription: number; frame: number; held_ms?: number };
    answer: Record<string, never>;
  };
  "preview.unsubscribe": { params: { subscription: number }; answer: Record<string, never> };
  "preview.road": { params: { road: PreviewRoad }; answer: PreviewRoadInForce };
  "rigs.discover": { params: Record<string, never>; answer: RigSearch };
}

/** Methods that only a bridge has: who has a runtime in this process asks nobody whether he may. */
interface BridgeCalls extends SessionCalls, AccessCalls, AuditCalls, ControlCalls {}

/** Methods that the core does not have, or has with other parameters. */
interface OwnCalls extends BridgeCalls {
  /** The bridge itself adds whose edit it was, and which files its writer may name. */
  set_configuration: {
    params: Omit<CoreCalls["set_configuration"]["params"], "changed_by" | "only_data_folder">;
    answer: AppliedChange;
  };
  validate: { params: Omit<CoreCalls["validate"]["params"], "only_data_folder">; answer: Validation };
  save_snapshot: { params: { stream: number; name?: string }; answer: Snapshot };
}

type Calls = Omit<CoreCalls, keyof OwnCalls> & OwnCalls;
export type MethodName = keyof Calls;
/** Methods that only a bridge has, and that give no pictures. */
export type BridgeMethodName = Exclude<keyof BridgeCalls, keyof SessionCalls>;
/** Methods that a runtime in this process has as well: all but a bridge's own. */
export type RuntimeMethodName = Exclude<MethodName, keyof BridgeCalls>;
export type Params<M extends MethodName> = Calls[M]["params"];
export type Result<M extends MethodName> = Calls[M]["answer"];

interface Method<M extends MethodName> {
  /** What whoever calls it must be allowed. */
  role: Role;
  /** The schema of the parameters: it has an entry for each of them. */
  params: GenericSchema<unknown, Params<M>> & { entries: { [P in keyof Params<M>]-?: GenericSchema } };
  /** Which calls it takes turns with; null: it is answered at once. */
  group: CallGroup | null;
}

const none = strictObject({});
const count = pipe(number(), integer(), minValue(0), maxValue(Number.MAX_SAFE_INTEGER));
const stream = pipe(number(), integer(), minValue(0), maxValue(1023));
/** A part of a long list; the core knows what is meant where it is left out. */
const page = { from: exactOptional(count), count: exactOptional(pipe(count, maxValue(MAX_LOSSES))) };
const side = pipe(number(), integer(), minValue(1), maxValue(MAX_PREVIEW_SIDE_PX));
/** Acquire's kinds; of some there are no devices. */
const kind = picklist(["Camera", "Storage", "StageAxis", "Signals", "NONE"]);
const use = picklist(["planes", "time_courses", "cloud"]);
const name = pipe(string(), minLength(1));
const path = pipe(string(), maxLength(4096));
/** The core reads and judges the document; here it only has to be an object. */
const document = plainObject;
const region = strictObject({ x: count, y: count, width: pipe(count, minValue(1)), height: pipe(count, minValue(1)) });

/** A method that is missing here, has no role, or has no such parameter in the core, does not compile. */
export const methods: { readonly [M in MethodName]: Method<M> } = {
  devices: { role: "observe", params: strictObject({ kind: exactOptional(kind) }), group: null },
  refresh_devices: { role: "control", params: none, group: "checks" },
  "camera.features": { role: "observe", params: strictObject({ stream }), group: "checks" },
  select: { role: "observe", params: strictObject({ kind, name: exactOptional(string()) }), group: null },
  select_one_of: { role: "observe", params: strictObject({ kind, names: array(string()) }), group: null },
  get_configuration: { role: "observe", params: none, group: null },
  set_configuration: {
    role: "control",
    params: strictObject({ configuration: document, revision: exactOptional(count) }),
    group: "changes",
  },
  get_capabilities: { role: "observe", params: none, group: null },
  validate: {
    role: "observe",
    params: strictObject({ configuration: document, store_here: exactOptional(boolean()) }),
    group: "checks",
  },
  suggest: { role: "observe", params: strictObject({ stream, use }), group: "checks" },
  next_name: {
    role: "observe",
    params: strictObject({ uri: path, taken: pipe(array(path), maxLength(1024)) }),
    group: "checks",
  },
  start: {
    role: "control",
    params: strictObject({
      record: boolean(),
      next_names: exactOptional(boolean()),
      replace_foreign_files: exactOptional(boolean()),
      store_here: exactOptional(boolean()),
    }),
    group: "changes",
  },
  stop: { role: "control", params: none, group: null },
  abort: { role: "control", params: none, group: null },
  give_up: { role: "control", params: none, group: null },
  measure_speed: { role: "control", params: none, group: null },
  get_speed: { role: "observe", params: none, group: null },
  snap: { role: "control", params: strictObject({ stream, pieces: exactOptional(boolean()) }), group: "pictures" },
  save_snapshot: {
    role: "control",
    params: strictObject({ stream, name: exactOptional(string()) }),
    group: "pictures",
  },
  execute_trigger: { role: "control", params: strictObject({ stream }), group: null },
  get_state: { role: "observe", params: none, group: null },
  get_stats: { role: "observe", params: none, group: null },
  get_losses: { role: "observe", params: strictObject({ stream, ...page }), group: null },
  "preview.subscribe": {
    role: "observe",
    params: strictObject({
      stream,
      max_width: side,
      max_height: side,
      region: exactOptional(region),
      ended_run: exactOptional(boolean()),
      encodings: exactOptional(array(picklist(["blosc", "jpeg"]))),
      lossless: exactOptional(boolean()),
      window: exactOptional(strictObject({ minimum: pipe(number(), finite()), maximum: pipe(number(), finite()) })),
      subscription: exactOptional(count),
    }),
    group: null,
  },
  "preview.ack": {
    role: "observe",
    params: strictObject({
      subscription: count,
      frame: count,
      held_ms: exactOptional(pipe(number(), minValue(0), finite())),
    }),
    group: null,
  },
  "preview.unsubscribe": { role: "observe", params: strictObject({ subscription: count }), group: null },
  "preview.road": { role: "observe", params: strictObject({ road: picklist(["socket", "stream"]) }), group: null },
  "datasets.list": { role: "observe", params: none, group: "datasets" },
  "datasets.left_out": { role: "observe", params: none, group: "datasets" },
  "datasets.info": { role: "observe", params: strictObject({ name }), group: "datasets" },
  "datasets.losses": { role: "observe", params: strictObject({ name, ...page }), group: "datasets" },
  "datasets.settings": { role: "observe", params: strictObject({ name }), group: "datasets" },
  "datasets.description": { role: "observe", params: strictObject({ name }), group: "datasets" },
  "datasets.recover": { role: "control", params: strictObject({ name }), group: "datasets" },
  "datasets.rename": {
    role: "control",
    params: strictObject({ name, to: pipe(path, minLength(1)) }),
    group: "datasets",
  },
  "datasets.delete": { role: "control", params: strictObject({ name }), group: "datasets" },
  "datasets.trash": { role: "observe", params: none, group: "datasets" },
  "datasets.empty_trash": { role: "admin", params: none, group: "datasets" },
  "objectives.get": { role: "observe", params: none, group: null },
  "objectives.set": {
    role: "control",
    params: strictObject({
      objectives: pipe(array(strictObject({ name, pixel_size_um: pipe(number(), finite()) })), maxLength(64)),
    }),
    group: null,
  },
  "rigs.discover": { role: "observe", params: none, group: null },
  "access.invite": { role: "admin", params: accessParams["access.invite"], group: null },
  "access.invitations": { role: "admin", params: accessParams["access.invitations"], group: null },
  "access.withdraw": { role: "admin", params: accessParams["access.withdraw"], group: null },
  "access.devices": { role: "admin", params: accessParams["access.devices"], group: null },
  "access.rename": { role: "admin", params: accessParams["access.rename"], group: null },
  "access.set_role": { role: "admin", params: accessParams["access.set_role"], group: null },
  "access.revoke": { role: "admin", params: accessParams["access.revoke"], group: null },
  "access.audit": { role: "admin", params: auditParams["access.audit"], group: null },
  "control.request": { role: "control", params: controlParams["control.request"], group: null },
  "control.hand_over": { role: "control", params: controlParams["control.hand_over"], group: null },
  "control.refuse": { role: "control", params: controlParams["control.refuse"], group: null },
  "control.release": { role: "control", params: controlParams["control.release"], group: null },
  "control.take": { role: "admin", params: controlParams["control.take"], group: null },
  "control.keep": { role: "control", params: controlParams["control.keep"], group: null },
  "access.reset": { role: "admin", params: accessParams["access.reset"], group: null },
};

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}
