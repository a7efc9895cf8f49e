import { createContext } from "svelte";

/** A button beside a message: one way to put right what the message says. */
export interface FieldAction {
  label: string;
  /** What it does, for the tooltip. */
  explanation?: string | undefined;
  disabled: boolean;
  readonly run: () => void;
}

/** What is to be said beside a field. */
export interface FieldMessage {
  /** Tells it from the other messages of its field. */
  key: string;
  severity: "error" | "warning";
  text: string;
  actions: readonly FieldAction[];
}

/** What the fields need of the form that they stand in. A field is known by the path of its value, "camera.exposure". */
export interface Form {
  /** Why no field can be edited now; null: they can. Reactive. */
  readonly lockedReason: string | null;
  /** What is to be said beside a field that stands for these paths. Reactive. */
  messagesOf(paths: readonly string[]): readonly FieldMessage[];
  /**
   * Says that a field for these paths is on the page.
   * @returns a function that takes it back
   */
  register(paths: readonly string[]): () => void;
  /** What was typed into the field and could not be read as a value; undefined: all could. Reactive. */
  unreadableText(path: string): string | undefined;
  /** Keeps in its field what could not be read, with the reason. */
  keepUnreadable(path: string, text: string, reason: string): void;
  clearUnreadable(path: string): void;
}

export const [useForm, provideForm] = createContext<Form>();
