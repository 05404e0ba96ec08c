import type { Argv } from "../command.ts";
import { findSubcommand, withoutGlobals } from "./git.ts";
import { checksOutPaths } from "./git-branches.ts";
import { type Arguments, has, readOptions } from "./options.ts";

/**
 * The argv to start in place of one that may run: the same git command, with the doors shut that its words leave open.
 * People and logs see the original. `git range-diff` stays open to text conversion: no switch reaches the git that it
 * starts, so the repository's configuration has to be looked at, or a sandbox has to hold.
 */
export function harden(argv: Argv): Argv {
  const [program, ...words] = argv;
  const found = program === "git" ? findSubcommand(withoutGlobals(words)) : undefined;
  if (found === undefined) return argv;
  const { subcommand, words: own } = found;
  const args = readOptions(subcommand.options, own);
  if ("problem" in args) return argv;

  const before = words.slice(0, words.length - own.length);
  const end = args.rest === undefined ? own.length : own.length - args.rest.length - 1;
  const last = namesBranch(found.name, args) ? ["--"] : [];
  const { adds = [], addsLast = [] } = subcommand;
  return [program, ...before, ...adds, ...own.slice(0, end), ...addsLast, ...own.slice(end), ...last];
}

/** With `--` behind it git takes the word of `git checkout <word>` for a branch or nothing, never for a file. */
function namesBranch(name: string, args: Arguments): boolean {
  if (name !== "checkout" || args.rest !== undefined || has(args, "-b -B --ours --theirs")) return false;
  return args.operands.length === 1 && !checksOutPaths(args);
}

/**
 * Settings that git gets with every command, over whatever the repository's own configuration says. They keep it from
 * starting programs: hooks, a file system monitor, pagers, editors, gpg, credential helpers, proxies, housekeeping.
 * `diff.external` is not among them: set to nothing it breaks every diff (the switches of harden.ts close it).
 */
const gitSettings = {
  "core.fsmonitor": "false",
  "core.hooksPath": "/dev/null",
  "core.pager": "cat",
  "core.gitProxy": "",
  "safe.bareRepository": "explicit",
  "commit.gpgSign": "false",
  "tag.gpgSign": "false",
  "log.showSignature": "false",
  "merge.verifySignatures": "false",
  "gpg.program": "/bin/false",
  "gpg.ssh.program": "/bin/false",
  "gpg.x509.program": "/bin/false",
  "gc.auto": "0",
  "maintenance.auto": "false",
  "credential.helper": "",
  "help.autocorrect": "never",
  "pull.rebase": "false",
  "submodule.recurse": "false",
} as const;

/**
 * The environment of every git command, beside GIT_DIR and its like, which whoever starts it knows. No protocol is
 * open; for a fetch that was approved, set GIT_ALLOW_PROTOCOL to `gitNetworkProtocols`.
 */
export const gitEnvironment: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_PAGER: "cat",
  PAGER: "cat",
  GIT_EDITOR: "true",
  GIT_SEQUENCE_EDITOR: "true",
  GIT_MERGE_AUTOEDIT: "no",
  GIT_ASKPASS: "/bin/true",
  GIT_SSH_COMMAND: "/bin/false",
  GIT_ALLOW_PROTOCOL: "none",
  GIT_CONFIG_COUNT: String(Object.keys(gitSettings).length),
  ...Object.fromEntries(
    Object.entries(gitSettings).flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ),
};

export const gitNetworkProtocols = "https:ssh";
