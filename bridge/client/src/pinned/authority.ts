import { X509Certificate } from "node:crypto";
import { get } from "node:http";

import { DisconnectedError } from "../errors.ts";

/** A certificate has about one. */
const MOST_BYTES = 65_536;
const TIMEOUT_MS = 10_000;

/**
 * The certificate of a bridge that a pairing link's fingerprint is of, as PEM: its own authority's, or the one that it was given. It comes over plain http,
 * by whomever: the fingerprint alone says that it is the right one.
 *
 * @param url of the bridge, `wss://rig.local:8421/ws` say
 * @param pin SHA-256 of the certificate, base64url, as `pin=` in the link
 */
export async function authorityOf(url: string, pin: string): Promise<string> {
  const { host } = new URL(url);
  const text = await plainText(`http://${host}/trust/authority.pem`);
  const certificate = text === null ? null : read(text);
  if (!certificate) {
    throw new DisconnectedError(
      `${host} shows no certificate that a pin could be of: it may be no zarrcam, or speak plain http.`,
    );
  }
  const fingerprint = Buffer.from(certificate.fingerprint256.replaceAll(":", ""), "hex").toString("base64url");
  if (fingerprint !== pin) {
    throw new DisconnectedError(
      `What answers at ${host} is not the camera computer that the pin is of, or its certificate was renewed since: it has another fingerprint.`,
    );
  }
  return certificate.toString();
}

/** Trusts a certificate and no other: also one that another authority has signed. */
export function trusting(certificate: string): { ca: string; allowPartialTrustChain: boolean } {
  return { ca: certificate, allowPartialTrustChain: true };
}

function read(text: string): X509Certificate | null {
  try {
    return new X509Certificate(text);
  } catch {
    return null;
  }
}

/** Null: there is no such thing. */
function plainText(url: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(new DisconnectedError(`No zarrcam answers at ${url}.`, { cause }));
    const asked = get(url, { agent: false, timeout: TIMEOUT_MS }, (response) => {
      if (response.statusCode !== 200) {
        response.destroy();
        return resolve(null);
      }
      let text = "";
      response.setEncoding("latin1").on("data", (part: string) => {
        text += part;
        if (text.length > MOST_BYTES) response.destroy(new Error("It is no certificate."));
      });
      response.on("end", () => resolve(text)).on("error", fail);
    });
    asked.on("timeout", () => asked.destroy(new Error("It does not answer.")));
    asked.on("error", fail);
  });
}
