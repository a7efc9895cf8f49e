import { connect } from "@zarrcam/client";
import { INVITATION_S } from "@zarrcam/protocol";

import { type Terminal, invitationText } from "./invitation-text.ts";

const ANOTHER = "To let a device in: `npx zarrcam access invite`, or “Access …” on the page of this computer.";

/**
 * What `serve --lan` says of the way in. Where nobody was let in yet, and somebody sits before the terminal, that is an invitation for
 * an administrator; into a file or a pipe no secret is ever written.
 *
 * @param socketUrl of the bridge on this computer: `ws://127.0.0.1:8421/ws`
 */
export async function wayIn(socketUrl: string, terminal: Terminal): Promise<string> {
  if (!terminal.isTTY) return ANOTHER;
  const runtime = await connect(`${socketUrl}?notifications=`);
  try {
    const [devices, invitations] = await Promise.all([
      runtime.bridge.call("access.devices", {}),
      runtime.bridge.call("access.invitations", {}),
    ]);
    if (devices.length > 0 || invitations.length > 0) return ANOTHER;
    const invitation = await runtime.bridge.call("access.invite", { role: "admin" });
    return `Nobody was let in from another computer yet.\n${invitationText(invitation, { uses: 1, expiresS: INVITATION_S }, terminal)}`;
  } finally {
    await runtime.close();
  }
}
