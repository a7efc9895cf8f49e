import type { Snippet } from "svelte";

/** What is around every control, whatever its kind. */
export interface FieldFrame {
  /** Of the document; the field's problems are those of this path and of `also`. */
  path: string;
  also?: string[];
  label: string;
  /** What it means; the document's field name is added. */
  tip?: string | undefined;
  /** The label stands above the control, over the whole width. */
  stacked?: boolean;
  /** The label is for screen readers alone: in tables the column says it. */
  bare?: boolean;
  /** Why the device does not let it be set. */
  readOnly?: string | null;
  /** Below the control. */
  note?: Snippet | undefined;
  /** Behind the control, in its line. */
  after?: Snippet | undefined;
}

/** What the frame hands to the control inside it. */
export interface FieldControl {
  /** It cannot be edited now. */
  fixed: boolean;
  /** Name, description and place of the control: problems find their field by `data-path`. */
  attributes: {
    id: string;
    "data-path": string;
    "aria-invalid": true | undefined;
    "aria-describedby": string | undefined;
  };
}
