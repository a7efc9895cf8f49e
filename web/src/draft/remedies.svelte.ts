import type { Capabilities, DeviceInfo, Fix, Problem } from "@zarrcam/protocol";
import type { Edit } from "../configuration/edit.ts";
import { setSide } from "../configuration/sequence.ts";
import { isActive, streamIndex, streamName } from "../configuration/streams.ts";
import type { FieldAction } from "../ui/form.ts";
import { remediesOf } from "./disk-full.ts";
import type { Draft } from "./draft.svelte.ts";
import type { Editing } from "./editing.svelte.ts";

export interface RemediesPort {
  readonly draft: Pick<
    Draft,
    "working" | "stream" | "plans" | "diskFreeBytes" | "withSameFix" | "conflicts" | "resolve"
  >;
  readonly editing: Pick<Editing, "locked" | "edit">;
  readonly capabilities: Capabilities;
  readonly devices: readonly DeviceInfo[];
}

/** What puts a problem right, as buttons beside it. */
export class Remedies {
  readonly #port: RemediesPort;

  constructor(port: RemediesPort) {
    this.#port = port;
  }

  actionsOf(problem: Problem): FieldAction[] {
    const fix = this.fixOf(problem);
    return [...(fix ? [fix] : []), ...this.#choices(problem), ...this.#sides(problem)];
  }

  /** The one right value, for all cameras that have the problem alike; its label says of which, where it is of several. */
  fixOf(problem: Problem): FieldAction | null {
    if (!problem.fix) return null;
    const { draft, editing } = this.#port;
    const same = draft.withSameFix(problem);
    const active = draft.working.video.filter(isActive).length;
    const names = same.map(({ path }) => this.#cameraName(streamIndex(path) ?? 0));
    const whose = same.length < active ? names.join(" and ") : active === 2 ? "both cameras" : `all ${active} cameras`;
    const { label } = problem.fix;
    return {
      label: same.length === 1 ? label : `${label}, ${whose}`,
      disabled: editing.locked,
      run: () => {
        if (editing.locked) return;
        editing.edit(
          label,
          same.flatMap(({ fix }) => (fix ? this.#editsOf(fix) : [])),
        );
      },
    };
  }

  /** Of a problem that has no one right value. */
  #choices(problem: Problem): FieldAction[] {
    const { draft, editing, capabilities, devices } = this.#port;
    const index = streamIndex(problem.path) ?? -1;
    const stream = draft.stream(index);
    if (!stream) return [];
    const remedies = remediesOf(problem, {
      stream,
      base: `video[${index}]`,
      plan: draft.plans[index] ?? null,
      freeBytes: draft.diskFreeBytes[index] ?? null,
      camera: capabilities.video[index]?.camera ?? null,
      devices,
    });
    return remedies.map(({ label, explanation, edits }) => ({
      label,
      explanation,
      disabled: editing.locked,
      run: () => editing.edit(label, edits),
    }));
  }

  /** Of a field that another page changed as well. */
  #sides({ code, path }: Problem): FieldAction[] {
    const { draft } = this.#port;
    const conflict = code === "conflict" ? draft.conflicts.find((one) => one.path === path) : undefined;
    if (!conflict) return [];
    const { theirs } = conflict;
    const shown = typeof theirs === "number" || typeof theirs === "string" ? String(theirs) : "theirs";
    return [
      { label: "Use mine", disabled: false, run: () => draft.resolve(conflict, "mine") },
      { label: `Take ${shown}`, disabled: false, run: () => draft.resolve(conflict, "theirs") },
    ];
  }

  #editsOf(fix: Fix): Edit[] {
    // Width and height are the camera's and the dimension's at once.
    const side = /^(video\[(\d+)\])\.camera\.settings\.shape\[([01])\]$/.exec(fix.path);
    const stream = side ? this.#port.draft.stream(Number(side[2])) : undefined;
    if (side?.[1] && stream) return setSide(stream, side[1], side[3] === "0" ? 0 : 1, Number(fix.value));
    return [{ path: fix.path, value: fix.value }];
  }

  #cameraName(index: number): string {
    const stream = this.#port.draft.stream(index);
    return stream ? streamName(stream, index) : `Camera ${index + 1}`;
  }
}
