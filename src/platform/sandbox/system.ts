import { existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The part of the system every sandbox shows, read-only, as arguments of bubblewrap: programs, libraries, and of /etc
 * what programs cannot do without. Each mount costs a fifth of a millisecond, so they are few. Users, groups and hosts
 * are inventions: nobody inside learns who lives here.
 */
export function systemMounts(): string[] {
  return [
    ...readOnly("/usr"),
    ...["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/etc/localtime"].flatMap(likeOutside),
    ...[...namedInEtc, ...javaInEtc()].map((name) => `/etc/${name}`).flatMap(followed),
    ...["--ro-bind", fileURLToPath(new URL("etc", import.meta.url)), inventions],
    ...["passwd", "group", "nsswitch.conf"].flatMap(invented),
  ];
}

/** How names become addresses: outside's where the network is open, else just `localhost`. */
export function nameResolution(isOpen: boolean): string[] {
  return isOpen ? ["/etc/hosts", "/etc/resolv.conf", "/etc/gai.conf"].flatMap(followed) : invented("hosts");
}

const inventions = "/run/chargehand/etc";

const namedInEtc = [
  "alternatives",
  "crypto-policies",
  "fonts",
  "ld.so.cache",
  "pki/ca-trust",
  "pki/tls/certs",
  "ssl/certs",
  "ssl/openssl.cnf",
];

/** A Java from a distribution has its own settings there. */
function javaInEtc(): string[] {
  return readdirSync("/etc").filter((name) => name.startsWith("java"));
}

function likeOutside(path: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  return stats.isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : readOnly(path);
}

/** For links that may lead to what is not visible inside. */
function followed(path: string): string[] {
  return existsSync(path) ? readOnly(path) : [];
}

function readOnly(path: string): string[] {
  return ["--ro-bind", path, path];
}

function invented(name: string): string[] {
  return ["--symlink", `${inventions}/${name}`, `/etc/${name}`];
}
