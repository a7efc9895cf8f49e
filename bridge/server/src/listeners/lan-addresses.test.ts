import type { NetworkInterfaceInfo } from "node:os";

import { expect, test } from "vitest";

import { inUrl, lanAddresses } from "./lan-addresses.ts";
import { ownNames } from "./own-names.ts";

const info = (address: string, internal = false): NetworkInterfaceInfo =>
  ({ address, internal, family: address.includes(":") ? "IPv6" : "IPv4" }) as NetworkInterfaceInfo;
const interfaces = {
  lo: [info("127.0.0.1", true), info("::1", true)],
  enp3s0: [info("192.168.1.5"), info("fd00::5"), info("fe80::1")],
  tailscale0: [info("100.101.102.103")],
  docker0: [info("172.17.0.1")],
  "br-0123456789ab": [info("172.18.0.1")],
  veth12ab: [info("169.254.3.4")],
  "vEthernet (WSL)": [info("172.29.0.1")],
};

test("addresses that lead out of this computer, and no container's", () => {
  const found = lanAddresses([], interfaces).map(({ address }) => address);
  expect(found).toEqual(["192.168.1.5", "fd00::5", "100.101.102.103"]);
});

test("with a choice those of the chosen interfaces, whatever they are, but never loopback", () => {
  const found = lanAddresses(["docker0", "lo", "eth9"], interfaces);
  expect(found).toEqual([{ interface: "docker0", address: "172.17.0.1", family: "IPv4" }]);
});

test("an address stands in a URL", () => {
  expect([inUrl("fd00::5"), inUrl("10.0.0.1")]).toEqual(["[fd00::5]", "10.0.0.1"]);
});

test.each([
  ["Rig3", ["rig3.local", "rig3"]],
  ["rig3.lab.example", ["rig3.local", "rig3.lab.example", "rig3"]],
  ["Rig3.local", ["rig3.local", "rig3"]],
  // What DNS cannot carry is no name for a certificate.
  ["Größe 3", []],
  ["localhost", []],
])("a computer that is called %s is known as %j", (own, names) => {
  expect(ownNames([], own)).toEqual(names);
});
test("given names come first", () =>
  expect(ownNames(["Rig.example"], "rig3")).toEqual(["rig.example", "rig3.local", "rig3"]));
