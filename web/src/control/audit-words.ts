import type { AuditEntry } from "@zarrcam/protocol";

const WORDS: Readonly<Record<string, string>> = {
  start: "Started",
  stop: "Stopped",
  abort: "Stopped",
  give_up: "Gave up what was not saved",
  set_configuration: "Changed the set-up",
  measure_speed: "Measured the speed",
  snap: "Took a frame",
  save_snapshot: "Saved a frame",
  execute_trigger: "Triggered",
  "datasets.recover": "Recovered a dataset",
  "datasets.rename": "Renamed a dataset",
  "datasets.delete": "Moved a dataset to the trash",
  "datasets.empty_trash": "Emptied the trash",
  "objectives.set": "Changed the objectives",
  "control.began": "Has control",
  "control.ended": "Lost control",
  "control.request": "Asked for control",
  "control.hand_over": "Handed control over",
  "control.refuse": "Refused a request for control",
  "control.release": "Gave control up",
  "control.take": "Took control",
  "access.invited": "Made an invitation",
  "access.withdrawn": "Withdrew an invitation",
  "access.paired": "Was let in",
  "access.renamed": "Renamed a device",
  "access.role": "Changed a role",
  "access.revoked": "Sent a device away",
  "access.left": "Left",
  "access.reset": "Sent all devices away",
  "access.guessing": "Showed wrong secrets",
  "access.damaged": "The list of devices is damaged",
  "upload.begin": "Began an upload",
  "upload.publish": "Uploaded a dataset",
  "upload.remove": "Gave an upload up",
  upload: "Uploaded",
  request: "Sent what is no request",
  message: "Sent what is no message",
  connect: "Connected",
  disconnect: "Disconnected",
  "audit.unwritten": "Lines that could not be written",
};

/** What was done, as people say it; what this page does not know it calls by its own name. */
export function actionWord({ action }: Pick<AuditEntry, "action">): string {
  return WORDS[action] ?? action;
}

export function nameWord({ name }: Pick<AuditEntry, "name">): string {
  return name ?? "Nobody known";
}

/** "refused (forbidden), 12 times". */
export function outcomeWord({ refused, count = 1 }: Pick<AuditEntry, "refused" | "count">): string {
  const words = [refused === undefined ? "" : `refused (${refused})`, count > 1 ? `${count} times` : ""];
  return words.filter((word) => word !== "").join(", ");
}
