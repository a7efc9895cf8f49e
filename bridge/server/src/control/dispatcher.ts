import { type HostRuntime, ZarrcamError } from "@zarrcam/client/native";
import {
  type Configuration,
  type MethodName,
  type Params,
  type Result,
  type RuntimeMethodName,
  allows,
  methods,
} from "@zarrcam/protocol";

import type { Pairing } from "../access/pairing.ts";
import { type Principal, forbiddenText } from "../access/principal.ts";
import type { Audit } from "../audit/audit.ts";
import type { CallLog } from "../audit/call-log.ts";
import type { Rig } from "../discovery/rig.ts";
import type { PreviewSubscriptions } from "../previews/preview-subscriptions.ts";
import { SharedAnswer } from "../shared-answer.ts";
import type { Control } from "./control.ts";

/** Who calls: what a method needs of its session. */
export interface Caller {
  readonly name: string;
  /** Who it is now, and what it may do. */
  readonly principal: Principal;
  readonly previews: PreviewSubscriptions;
}

/** The one way to every method. */
export interface Dispatcher {
  /** Asked before anything of a call is looked at. @throws what refuses it. */
  permit(method: MethodName, caller: Caller): void;
  /** Notes what was refused before it was a call: `action` is the method, or `message` where there is none. */
  refused(caller: Caller, action: string, why: string): void;
  /** Carries out a call that was permitted, and whose parameters have been checked for their types. */
  call<M extends MethodName>(method: M, params: Params<M>, caller: Caller): Promise<Result<M>>;
}

type Handlers<M extends MethodName> = {
  [N in M]: (params: Params<N>, caller: Caller) => Promise<Result<N>> | Result<N>;
};
/** What a session itself does: everything else is the runtime's. */
type SessionMethod = Exclude<MethodName, RuntimeMethodName>;

/** What carries calls out, and what is asked and told of each. */
export interface DispatcherParts {
  runtime: HostRuntime;
  pairing: Pairing;
  rig: Pick<Rig, "findOthers">;
  control: Control;
  audit: Audit;
  callLog: CallLog;
}

export function createDispatcher({ runtime, pairing, rig, control, audit, callLog }: DispatcherParts): Dispatcher {
  const datasets = new SharedAnswer(() => runtime.listDatasets());
  const handlers: Handlers<SessionMethod | "set_configuration" | "validate" | "start" | "datasets.list"> = {
    // The core reads the document, and refuses what is none with every problem at once.
    set_configuration: ({ configuration, ...revision }, { name, principal }) =>
      runtime.setConfiguration(configuration as unknown as Configuration, {
        changedBy: name,
        ...revision,
        ...filesFor(principal),
      }),
    validate: ({ configuration, store_here }, { principal }) =>
      runtime.validate(configuration as unknown as Configuration, {
        ...(store_here === undefined ? {} : { storeHere: store_here }),
        ...filesFor(principal),
      }),
    start: async (how, { principal }) => {
      const run = await runtime.call("start", how);
      if (how.record) control.recordingBegan(principal, run.run_number);
      return run;
    },
    // Many pages ask at once: one reading of the folder serves them all.
    "datasets.list": () => datasets.ask(),
    snap: ({ stream, pieces }, { previews }) => previews.snap(stream, pieces),
    "preview.subscribe": ({ max_width, max_height, ended_run, subscription, ...request }, { previews }) => {
      const wanted = { ...request, maxWidth: max_width, maxHeight: max_height, endedRun: ended_run };
      return { subscription: previews.subscribe(wanted, subscription) };
    },
    "preview.ack": ({ subscription, frame, held_ms }, { previews }) => {
      previews.acknowledge(subscription, frame, held_ms);
      return {};
    },
    "preview.unsubscribe": ({ subscription }, { previews }) => {
      previews.unsubscribe(subscription);
      return {};
    },
    "preview.road": ({ road }, { previews }) => previews.roads.choose(road),
    "rigs.discover": () => rig.findOthers(),
    "access.invite": (invitation, { principal }) => pairing.invite(invitation, principal),
    "access.invitations": () => pairing.invitations(),
    "access.withdraw": ({ invitation }, { principal }) => pairing.withdraw(invitation, principal).then(() => ({})),
    "access.devices": () => pairing.devices(),
    "access.rename": ({ id, name }, { principal }) => pairing.rename(id, name, principal),
    "access.set_role": ({ id, role }, { principal }) => pairing.setRole(id, role, principal),
    "access.revoke": ({ id }, { principal }) => pairing.revoke(id, principal).then(() => ({})),
    "access.audit": (part) => audit.page(part),
    "control.request": (_none, { principal }) => control.request(principal),
    "control.hand_over": ({ to }, { principal }) => control.handOver(principal, to),
    "control.refuse": ({ id }, { principal }) => control.refuse(principal, id),
    "control.release": (_none, { principal }) => control.release(principal),
    "control.take": (_none, { principal }) => control.take(principal),
    "control.keep": (_none, { principal }) => control.keep(principal),
    "access.reset": (_none, { principal }) => pairing.reset(principal),
  };
  return {
    permit: (method, caller) => {
      const { principal } = caller;
      const { role } = methods[method];
      if (allows(principal.role, role)) return;
      callLog.refused(method, caller, "forbidden");
      throw new ZarrcamError("forbidden", forbiddenText(method, role, principal));
    },
    refused: (caller, action, why) => callLog.refused(action, caller, why),
    call: <M extends MethodName>(method: M, params: Params<M>, caller: Caller) =>
      callLog.carryOut(method, params, caller, async () => {
        control.admit(method, caller.principal);
        const own = (handlers as Partial<Handlers<MethodName>>)[method];
        return own ? own(params, caller) : runtime.call(method as RuntimeMethodName, params);
      }),
  };
}

/** Which files of the camera computer somebody may have opened by naming them in a document. */
function filesFor({ role }: Principal): { onlyDataFolder?: boolean } {
  return allows(role, "admin") ? {} : { onlyDataFolder: true };
}
