import { BlockList, isIP } from "node:net";

export interface Destination {
  readonly host: string;
  readonly port: number;
}

const webPorts = [443, 80];

/** Whether one of the allowed `name` or `name:port` means this destination. Names are compared whole. */
export function isAllowed(hosts: readonly string[], { host, port }: Destination): boolean {
  return hosts.map(parseDestination).some((rule) => {
    return rule.host === normalized(host) && (rule.port === undefined ? webPorts.includes(port) : rule.port === port);
  });
}

/** Reads `name`, `name:port`, `[::1]` and `[::1]:port`. */
export function parseDestination(text: string): { host: string; port: number | undefined } {
  const parts = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text);
  return {
    host: normalized(parts?.[1] ?? parts?.[2] ?? text),
    port: parts?.[3] === undefined ? undefined : Number(parts[3]),
  };
}

function normalized(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

/** Addresses that are not on the internet: an allowed name that turns out to mean one of them was made to do so. */
export function isPrivate(address: string): boolean {
  return privateAddresses.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

const privateAddresses = new BlockList();
for (const range of [
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16",
  "198.18.0.0/15 224.0.0.0/4 240.0.0.0/4",
].flatMap((line) => line.split(" "))) {
  const [network = "", bits] = range.split("/");
  privateAddresses.addSubnet(network, Number(bits), "ipv4");
}
for (const range of ["::/128", "::1/128", "64:ff9b::/96", "fc00::/7", "fe80::/10", "ff00::/8"]) {
  const [network = "", bits] = range.split("/");
  privateAddresses.addSubnet(network, Number(bits), "ipv6");
}
