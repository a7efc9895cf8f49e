import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

/** An address by which other computers reach this one. */
export interface LanAddress {
  /** Name of the interface: `eth0`, `Ethernet`. */
  readonly interface: string;
  readonly address: string;
  readonly family: "IPv4" | "IPv6";
}

/** Networks inside this computer: containers, virtual machines, and links between two devices that no desk reaches. */
const INSIDE =
  /^(docker|podman|cni|flannel|cali|cilium|lxc|lxd|virbr|veth|vnet|vmnet|vboxnet|br-[0-9a-f]{12}|kube|nerdctl|awdl|llw|anpi|ap\d|bridge\d|vEthernet \((WSL|Default Switch|nat))/i;

/**
 * Addresses of this computer for other computers, in the system's order. Only links that are up have one. Never loopback, and
 * without a choice no container's. `fe80::` is left out: no browser takes its zone.
 *
 * @param wanted names of interfaces; empty: all that lead out of this computer.
 */
export function lanAddresses(
  wanted: readonly string[],
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): LanAddress[] {
  return Object.entries(interfaces).flatMap(([name, infos = []]) => {
    if (wanted.length > 0 ? !wanted.includes(name) : INSIDE.test(name)) return [];
    return infos
      .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
      .map(({ address, family }) => ({ interface: name, address, family }));
  });
}

/** The address as it stands in a URL or a Host header. */
export function inUrl(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
