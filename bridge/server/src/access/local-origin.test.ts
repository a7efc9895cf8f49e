import { expect, test } from "vitest";

import { isLocalOrigin } from "./local-origin.ts";

test.each([
  "https://192.168.1.5:8421",
  "https://10.0.0.7",
  "https://rig3.local:8421",
  "https://rig3:8421",
  "https://[fd00::5]:8421",
  "http://127.0.0.1:8421",
  "http://localhost:8421",
  "http://[::1]:8421",
])("%s is a page of a local network", (origin) => expect(isLocalOrigin(origin)).toBe(true));

test.each([
  "http://192.168.1.5:8421",
  "http://rig3.local:8421",
  "https://viewer.example",
  "https://8.8.8.8",
  "http://localhost.rebound.example:8421",
  "http://127.0.0.1.rebound.example",
  "https://172.32.0.1",
  "http://127.0.0.1:8421/",
  "null",
  "file://",
])("%s is none", (origin) => expect(isLocalOrigin(origin)).toBe(false));
