import { BlockList, isIP } from "node:net";
import type { AllowedAddress } from "./streaming-endpoint";

/** Tells whether an address may use an endpoint. */
export type AddressCheck = (address: string) => boolean;

/**
 * Who may use an endpoint: anybody where no list is given, else whoever is on it; nobody, where it is empty.
 * A range without a prefix is one address.
 */
export function addressCheck(allowed: readonly AllowedAddress[] | null): AddressCheck {
  if (allowed === null) return () => true;
  const list = new BlockList();
  for (const { address, subnetPrefixLength } of allowed) {
    const family = familyOf(address ?? "");
    if (address === null || family === undefined) continue;
    list.addSubnet(address, subnetPrefixLength ?? (family === "ipv6" ? 128 : 32), family);
  }
  return (address) => {
    const plain = plainAddress(address);
    const family = familyOf(plain);
    return family !== undefined && list.check(plain, family);
  };
}

/** An address without its port and brackets; IPv4 in its own form. */
function plainAddress(address: string): string {
  const text = address.trim();
  const inner =
    /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return /^::ffff:([\d.]+)$/i.exec(inner)?.[1] ?? inner;
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const family = isIP(address);
  if (family === 0) return undefined;
  return family === 6 ? "ipv6" : "ipv4";
}
