import type { Duplex } from "node:stream";

/** How long a client has to take a refusal before its connection goes, ms. */
const REFUSAL_MS = 1000;

/** Says it and ends the connection, whether or not the other side reads or closes its own. */
export function endWith(socket: Duplex, text: string): void {
  const impatient = setTimeout(() => socket.destroy(), REFUSAL_MS);
  socket.once("close", () => clearTimeout(impatient));
  // What still comes is thrown away: an answer would be lost with a connection that is reset over unread bytes.
  socket.resume();
  socket.end(text);
}
