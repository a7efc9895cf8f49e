import { exactOptional, integer, maxValue, minValue, number, pipe, strictObject } from "valibot";

/** One line of the audit log: who did what, when, from where. Nothing secret is in it. */
export interface AuditEntry {
  /** Clock of the camera computer. */
  unix_ms: number;
  /** Id of the principal; null: nobody who is known here. */
  id: string | null;
  /** What the principal was called then; null: nobody who is known here. */
  name: string | null;
  /** A method of the protocol (`start`, `control.take`), or what happened: `connect`, `disconnect`, `access.paired`, `control.ended` and the like. */
  action: string;
  /** In words: names of datasets, fields that changed. May be empty. */
  detail: string;
  /** The address that it came from, without a port. */
  address: string;
  /** Why it was refused: an error code or an HTTP status; left out: it was done. */
  refused?: string;
  /** How often it happened from `unix_ms` on; left out: once. */
  count?: number;
}

/** Answer of `access.audit`: a part of the log, newest first. */
export interface AuditPage {
  entries: AuditEntry[];
  /** How many entries can be had; what is older lies in the files beside `path` alone. */
  total: number;
  /** The file on the camera computer, JSON lines; null: none is written. */
  path: string | null;
  /** What is wrong with the log, in a sentence; null: nothing is. */
  problem: string | null;
}

/** How many entries one `access.audit` returns at most. */
export const MAX_AUDIT_ENTRIES = 1000;

export interface AuditCalls {
  "access.audit": { params: { from?: number; count?: number }; answer: AuditPage };
}

const whole = pipe(number(), integer(), minValue(0));
/** Parameters of the methods above. */
export const auditParams = {
  "access.audit": strictObject({
    from: exactOptional(pipe(whole, maxValue(Number.MAX_SAFE_INTEGER))),
    count: exactOptional(pipe(whole, maxValue(MAX_AUDIT_ENTRIES))),
  }),
};
