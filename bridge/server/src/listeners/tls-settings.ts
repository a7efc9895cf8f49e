import { constants } from "node:crypto";
import type { TlsOptions } from "node:tls";

/** How long a computer may take to agree on a connection, ms. */
const HANDSHAKE_MS = 10_000;

/**
 * TLS 1.3, and 1.2 with forward secrecy and authenticated encryption alone; http/1.1, since bulk data gains nothing by http/2 in
 * Node. Every browser that has WebGPU speaks 1.3.
 */
export const TLS_SETTINGS: TlsOptions = {
  minVersion: "TLSv1.2",
  ciphers: [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
  ].join(":"),
  ecdhCurve: "X25519:P-256:P-384",
  // Who asks for a new handshake on an old connection wants to make work.
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  ALPNProtocols: ["http/1.1"],
  handshakeTimeout: HANDSHAKE_MS,
};
