/** Every rule of the policy in a sentence. Decisions name their rule by its id; docs/security.md prints this table. */
export const rules = {
  W1: { verdict: "deny", says: "The worktree is one of the job's own, by its plain name." },
  T1: {
    verdict: "deny",
    says: "A command is well-formed text: 16,384 characters, 128 words, 16 blanks in a row at most.",
  },
  T2: {
    verdict: "deny",
    says: "No control, invisible or direction-changing character stands anywhere, quoted or not.",
  },
  T3: { verdict: "deny", says: "Outside quotes the only blanks are space and tab." },
  T4: { verdict: "deny", says: "Quotes are closed and no backslash continues a line." },
  T5: {
    verdict: "deny",
    says: "No shell syntax stands outside quotes: operators, patterns, substitutions, ~, #, braces.",
  },
  E1: { verdict: "deny", says: "The first word is exactly the name of a listed program." },
  P1: { verdict: "deny", says: "Paths are relative, stay inside the worktree and never enter .git." },
  P2: { verdict: "deny", says: "Files that hold secrets are not read." },
  F1: { verdict: "allow", says: "ls, cat and pwd look around inside the worktree." },
  G0: { verdict: "deny", says: "Before git's subcommand stand only switches that are harmless." },
  G1: {
    verdict: "deny",
    says: "Only listed git subcommands run: no push, rebase, clone, submodule, alias or plumbing.",
  },
  G2: { verdict: "deny", says: "Only listed git options are taken, each by its whole name." },
  G3: { verdict: "deny", says: "Nothing opens an editor, asks at a terminal or runs a helper program." },
  G4: { verdict: "allow", says: "Reading, and ordinary work of git in a task worktree." },
  G5: {
    verdict: "ask",
    says: "What throws away work, rewrites the last commit or skips a safeguard, in a task worktree.",
  },
  G6: { verdict: "deny", says: "main is never reset hard and never cleaned." },
  G7: { verdict: "deny", says: "main belongs to people: it changes only by landing, and nothing switches to it." },
  G8: { verdict: "deny", says: "main, master, production and release are not created, moved, renamed or deleted." },
  G9: { verdict: "ask", says: "fetch, pull and ls-remote of origin, with plain names." },
  G10: { verdict: "deny", says: "No other remote, no URL, no path, no refspec and no pull that rebases." },
  G11: {
    verdict: "deny",
    says: "Remotes, configuration and HEAD are only read, and of configuration only harmless keys.",
  },
  G12: {
    verdict: "allow",
    says: "A task worktree adds and removes worktrees beside itself; by force or in bulk it asks.",
  },
  N1: { verdict: "allow", says: "npm, yarn and pnpm run the scripts of the repository." },
  N2: { verdict: "ask", says: "npm, yarn and pnpm change or inspect dependencies from the registry." },
  N3: { verdict: "deny", says: "No other subcommand, option or source of a package manager." },
  Y1: { verdict: "deny", says: "pytest takes listed options and paths inside the worktree." },
  J1: { verdict: "deny", says: "node runs a file of the worktree, tests or a script, with listed options." },
  A1: { verdict: "deny", says: "codex runs one prompt headless, in its own sandbox." },
  A2: { verdict: "deny", says: "claude runs one prompt headless, with listed tools." },
  A3: { verdict: "deny", says: "opencode runs one message headless." },
  A4: { verdict: "deny", says: "No coding engine works in main." },
  A5: { verdict: "deny", says: "engine runs one prompt with an engine that the operator configured." },
  L1: { verdict: "deny", says: "A command that needs approval fits one message whole, on one line." },
  S1: { verdict: "ask", says: "Without a sandbox whatever runs code of the repository asks first." },
  O1: { verdict: "as configured", says: "The operator's own commands; they never loosen a denial of this table." },
  X1: { verdict: "deny", says: "A command that the policy fails to judge does not run." },
} as const satisfies Record<string, { verdict: string; says: string }>;

export type RuleId = keyof typeof rules;
