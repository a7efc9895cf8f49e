/**
 * Puts the focus into the field of a path, and opens what hides it.
 * @returns whether there is one
 */
export function focusField(path: string): boolean {
  const fields = [...document.querySelectorAll<HTMLElement>("[data-path]")].filter(({ dataset }) =>
    dataset["path"]?.split(" ").includes(path),
  );
  // In Layout and in Sequence the same count may stand twice: the editor that has all of it comes first.
  const field = fields.find((element) => element.closest("[data-dock]")) ?? fields[0];
  if (!field) return false;
  for (let around = field.closest("details"); around; around = around.parentElement?.closest("details") ?? null)
    around.open = true;
  field.scrollIntoView({ block: "nearest" });
  field.focus();
  return true;
}

export function focusProblems(): void {
  document.getElementById("problems")?.focus();
}

/** What stands in the field that has the focus counts, though the field was not left. */
export function commitFocusedField(): void {
  document.activeElement?.dispatchEvent(new Event("change", { bubbles: true }));
}
