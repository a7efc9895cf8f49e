/** What a field hands to the control inside it. */
export interface FieldControl {
  id: string;
  /** For `data-path`: problems find their field by it. */
  path: string;
  invalid: boolean;
  describedBy: string | undefined;
  label: string;
}
