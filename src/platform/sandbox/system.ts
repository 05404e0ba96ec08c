import { existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The part of the system every sandbox shows, read-only, as arguments of bubblewrap: programs, libraries, and of /etc only
 * what programs cannot do without. Users, groups and hosts are inventions: nobody inside learns who lives here.
 */
export function systemMounts(): string[] {
  return [
    ...readOnly("/usr"),
    ...["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store"].flatMap(likeOutside),
    ...[...namedInEtc, ...languagesInEtc()].map((name) => `/etc/${name}`).flatMap(likeOutsideFollowed),
    ...["passwd", "group"].flatMap(invented),
  ];
}

/** How names become addresses: outside's where the network is open, else just `localhost`. */
export function nameResolution(isOpen: boolean): string[] {
  if (!isOpen) return invented("hosts");
  return ["/etc/hosts", "/etc/resolv.conf", "/etc/gai.conf"].flatMap(likeOutsideFollowed);
}

const namedInEtc = [
  "alternatives",
  "crypto-policies",
  "fonts",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "mime.types",
  "nsswitch.conf",
  "os-release",
  "pki/ca-trust",
  "pki/tls/certs",
  "protocols",
  "services",
  "ssl/certs",
  "ssl/openssl.cnf",
  "terminfo",
];

function languagesInEtc(): string[] {
  return readdirSync("/etc").filter((name) => /^(java|python|perl|ruby)/.test(name));
}

function likeOutside(path: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  return stats.isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : readOnly(path);
}

/** For links that point to what is not visible inside. */
function likeOutsideFollowed(path: string): string[] {
  return existsSync(path) ? readOnly(path) : [];
}

function readOnly(path: string): string[] {
  return ["--ro-bind", path, path];
}

function invented(name: string): string[] {
  return ["--ro-bind", fileURLToPath(new URL(`etc/${name}`, import.meta.url)), `/etc/${name}`];
}
