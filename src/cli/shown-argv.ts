import { printable } from "./printable.ts";

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A command as one would type it, every argument whole and apart from its neighbours, hidden characters visible. */
export function shownArgv(argv: readonly string[]): string {
  return argv
    .map((argument) => (plain.test(argument) ? argument : `'${printable(argument.replaceAll("'", "'\\''"))}'`))
    .join(" ");
}
