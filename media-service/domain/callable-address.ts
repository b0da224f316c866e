import { BlockList, isIP } from "node:net";

// Addresses that lead to the machine's own surroundings rather than to a receiver: link-local ones, among
// them the clouds' metadata services, and those that are no host's (RFC 6890).
const NEVER: readonly (readonly [string, number, "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  // Of Azure's own services for virtual machines, and another cloud's metadata.
  ["168.63.129.16", 32, "ipv4"],
  ["100.100.100.200", 32, "ipv4"],
  ["::", 128, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["fec0::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
  ["fd00:ec2::", 32, "ipv6"],
];
const LOOPBACK: typeof NEVER = [
  ["127.0.0.0", 8, "ipv4"],
  ["::1", 128, "ipv6"],
];

const never = blockList(NEVER);
const loopback = blockList(LOOPBACK);

/** Whether the service must not call this IP address, whoever asks it to. */
export function isForbiddenAddress(
  ip: string,
  { allowLoopback }: { allowLoopback: boolean },
): boolean {
  // Without a zone (RFC 4007, 11): it says by which way the address is reached.
  const plain = ip.replace(/%.*$/, "");
  const address = embeddedIpv4(plain) ?? plain;
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  if (never.check(address, family)) return true;
  return !allowLoopback && loopback.check(address, family);
}

/** Whether an address (scheme and host) leads to the machine itself. */
export function isOnLoopback(baseUrl: string): boolean {
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || (isIP(host) !== 0 && isLoopback(host));
}

function isLoopback(ip: string): boolean {
  return loopback.check(ip, isIP(ip) === 6 ? "ipv6" : "ipv4");
}

// IPv6 addresses that stand for an IPv4 one: mapped (RFC 4291), and of NAT64 (RFC 6052).
function embeddedIpv4(ip: string): string | undefined {
  if (isIP(ip) !== 6) return undefined;
  const groups = expand(ip);
  const head = groups.slice(0, 6).join(":");
  if (head !== "0:0:0:0:0:ffff" && head !== "64:ff9b:0:0:0:0") return undefined;
  const [high = "0", low = "0"] = groups.slice(6);
  const bytes = [high, low].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
  return bytes.join(".");
}

// URL writes an IPv6 address in its shortest form, with groups in hex only.
function expand(ip: string): string[] {
  const [front = "", back] = new URL(`http://[${ip}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  if (back === undefined) return groups(front);
  const missing = 8 - groups(front).length - groups(back).length;
  return [...groups(front), ...Array<string>(missing).fill("0"), ...groups(back)];
}

function blockList(ranges: typeof NEVER): BlockList {
  const list = new BlockList();
  for (const [address, prefix, family] of ranges) list.addSubnet(address, prefix, family);
  return list;
}
