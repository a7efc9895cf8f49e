import { createContext } from "svelte";
import type { MessageLog } from "./message-log.svelte.ts";

export const [useLog, provideLog] = createContext<MessageLog>();
