class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Text that is HTML already. */
export const raw = (text: string): Raw => new Raw(text);

/** HTML whose values are text: whatever stands in them shows as itself. */
export function html(parts: TemplateStringsArray, ...values: (string | Raw)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => (value instanceof Raw ? value.text : escaped(value))));
}

function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character);
}
