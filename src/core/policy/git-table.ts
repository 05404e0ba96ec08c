import { judgeBranch, judgeCheckout, judgeSwitch, judgeTag, listsBranches, listsTags } from "./git-branches.ts";
import { judgeApply, judgeBareStash, judgeCommit, judgeRestore, judgeStrategy } from "./git-changes.ts";
import { gitOptions } from "./git-options.ts";
import { judgeCatFile, judgeGrep, judgeReflog, judgeShow } from "./git-reads.ts";
import { judgeConfig, judgeNetwork, judgeRemote, judgeRemoteUrl, judgeSymbolicRef } from "./git-remotes.ts";
import type { Subcommand } from "./git-subcommand.ts";
import { judgeWorktreeAdd, judgeWorktreeRemove } from "./git-worktrees.ts";
import type { OptionTable } from "./options.ts";

const reading = (options: OptionTable, judge?: Subcommand["judge"]): Subcommand => ({
  effect: "reads",
  options,
  operands: "mixed",
  ...(judge && { judge }),
});

/** What diffs may call a program that .gitattributes names, for the whole diff or to make text of a file. */
const diffing = (options: OptionTable, judge?: Subcommand["judge"]): Subcommand => ({
  ...reading(options, judge),
  adds: ["--no-ext-diff", "--no-textconv"],
});

const losesWork = "It throws away uncommitted work.";
const losesRefs = "It moves or deletes a ref that may be the only way to some commits.";
const skipsHooks = "It skips the repository's own checks.";

/** Every subcommand of git that may run. What is absent is denied: push, rebase, update-ref, clone, submodule, gc … */
export const gitSubcommands: Readonly<Record<string, Subcommand>> = {
  status: reading(gitOptions.status),
  log: diffing(gitOptions.log),
  show: diffing(gitOptions.log, judgeShow),
  whatchanged: diffing(gitOptions.log),
  reflog: diffing(gitOptions.log, judgeReflog),
  "reflog show": diffing(gitOptions.log, judgeReflog),
  diff: diffing(gitOptions.diff),
  "range-diff": diffing(gitOptions.diff),
  "diff-tree": diffing(gitOptions.diffTree),
  "diff-index": diffing(gitOptions.diff),
  "diff-files": diffing(gitOptions.diff),
  "rev-parse": reading(gitOptions.revParse),
  "rev-list": reading(gitOptions.revList),
  "ls-files": reading(gitOptions.lsFiles),
  "ls-tree": reading(gitOptions.lsTree),
  "cat-file": reading(gitOptions.catFile, judgeCatFile),
  blame: { ...reading(gitOptions.blame), adds: ["--no-textconv"] },
  shortlog: reading(gitOptions.shortlog),
  describe: reading(gitOptions.describe),
  "name-rev": reading(gitOptions.nameRev),
  "merge-base": reading(gitOptions.mergeBase),
  "show-ref": reading(gitOptions.showRef),
  "for-each-ref": reading(gitOptions.forEachRef),
  cherry: reading(gitOptions.cherry),
  "count-objects": { effect: "reads", options: gitOptions.countObjects, operands: "none" },
  "check-ignore": reading(gitOptions.checkIgnore),
  grep: {
    effect: "reads",
    options: gitOptions.grep,
    operands: "own",
    judge: judgeGrep,
    adds: ["--no-textconv"],
  },
  version: { effect: "reads", options: gitOptions.none, operands: "none" },

  add: { effect: "changes", options: gitOptions.add, operands: "mixed" },
  mv: { effect: "changes", options: gitOptions.mv, operands: "mixed" },
  rm: { effect: "changes", options: gitOptions.rm, operands: "mixed" },
  commit: {
    effect: "changes",
    options: gitOptions.commit,
    operands: "mixed",
    needs: {
      options: "-m --message -F --file -C --reuse-message --no-edit --fixup --dry-run --allow-empty-message",
      because: "Without a message it would open an editor.",
    },
    asks: [
      { options: "--amend", because: "It rewrites the last commit." },
      { options: "--no-verify -n", because: skipsHooks },
    ],
    // A verbose commit prints its diff, and no switch keeps text conversion out of that one.
    addsLast: ["--no-verbose"],
    judge: judgeCommit,
  },
  branch: {
    effect: "changes",
    options: gitOptions.branch,
    operands: "names",
    asks: [{ options: "-d -D --delete -m -M --move -c -C --copy -f --force", because: losesRefs }],
    lists: listsBranches,
    judge: judgeBranch,
  },
  tag: {
    effect: "changes",
    options: gitOptions.tag,
    operands: "names",
    asks: [{ options: "-d --delete -f --force", because: losesRefs }],
    lists: listsTags,
    judge: judgeTag,
  },
  switch: {
    effect: "changes",
    options: gitOptions.switch,
    operands: "names",
    asks: [
      { options: "-f --force --discard-changes", because: losesWork },
      { options: "-C --force-create", because: losesRefs },
    ],
    judge: judgeSwitch,
  },
  checkout: {
    effect: "changes",
    options: gitOptions.checkout,
    operands: "mixed",
    asks: [
      { options: "-f --force --ours --theirs", because: losesWork },
      { options: "-B", because: losesRefs },
    ],
    judge: judgeCheckout,
  },
  restore: { effect: "changes", options: gitOptions.restore, operands: "mixed", judge: judgeRestore },
  reset: {
    effect: "changes",
    options: gitOptions.reset,
    operands: "mixed",
    asks: [{ options: "--hard --keep --merge", because: losesWork }],
  },
  merge: {
    effect: "changes",
    options: gitOptions.merge,
    operands: "names",
    asks: [{ options: "--no-verify", because: skipsHooks }],
    judge: (args) => judgeStrategy(args, "--strategy -s"),
  },
  "cherry-pick": {
    effect: "changes",
    options: gitOptions.cherryPick,
    operands: "names",
    judge: (args) => judgeStrategy(args, "--strategy"),
  },
  revert: {
    effect: "changes",
    options: gitOptions.revert,
    operands: "names",
    judge: (args) => judgeStrategy(args, "--strategy"),
  },
  clean: {
    effect: "changes",
    options: gitOptions.clean,
    operands: "mixed",
    needs: { options: "-n --dry-run -f --force", because: "It would do nothing." },
    asks: [{ options: "-f --force", because: "It deletes files that git does not know." }],
  },
  apply: { effect: "changes", options: gitOptions.apply, operands: "mixed", judge: judgeApply },
  "format-patch": {
    effect: "reads",
    options: gitOptions.formatPatch,
    operands: "mixed",
    needs: { options: "--stdout", because: "It would write files." },
    adds: ["--no-ext-diff", "--no-textconv"],
  },

  stash: { effect: "changes", options: gitOptions.stashPush, operands: "own", judge: judgeBareStash },
  "stash push": { effect: "changes", options: gitOptions.stashPush, operands: "mixed" },
  "stash pop": { effect: "changes", options: gitOptions.stashApply, operands: "names" },
  "stash apply": { effect: "changes", options: gitOptions.stashApply, operands: "names" },
  "stash list": diffing(gitOptions.log),
  "stash show": diffing(gitOptions.stashShow),
  "stash drop": {
    effect: "changes",
    options: gitOptions.none,
    operands: "names",
    asks: [{ because: losesWork }],
  },
  "stash clear": {
    effect: "changes",
    options: gitOptions.none,
    operands: "none",
    asks: [{ because: losesWork }],
  },

  "worktree list": { effect: "reads", options: gitOptions.worktreeList, operands: "none", rule: "G11" },
  "worktree add": {
    effect: "changes",
    options: gitOptions.worktreeAdd,
    operands: "own",
    judge: judgeWorktreeAdd,
    rule: "G12",
  },
  "worktree remove": {
    effect: "changes",
    options: gitOptions.worktreeRemove,
    operands: "own",
    asks: [{ options: "-f --force", because: losesWork }],
    judge: judgeWorktreeRemove,
    rule: "G12",
  },
  "worktree prune": {
    effect: "changes",
    options: gitOptions.worktreePrune,
    operands: "none",
    asks: [{ because: "It forgets worktrees in bulk." }],
    rule: "G12",
  },

  fetch: { effect: "changes", options: gitOptions.network, operands: "own", judge: judgeNetwork, rule: "G9" },
  pull: { effect: "changes", options: gitOptions.pull, operands: "own", judge: judgeNetwork, rule: "G9" },
  "ls-remote": { effect: "reads", options: gitOptions.network, operands: "own", judge: judgeNetwork, rule: "G9" },
  remote: { effect: "reads", options: gitOptions.remote, operands: "own", judge: judgeRemote, rule: "G11" },
  "remote get-url": { effect: "reads", options: gitOptions.none, operands: "own", judge: judgeRemoteUrl, rule: "G11" },
  config: { effect: "reads", options: gitOptions.config, operands: "own", judge: judgeConfig, rule: "G11" },
  "symbolic-ref": {
    effect: "reads",
    options: gitOptions.symbolicRef,
    operands: "own",
    judge: judgeSymbolicRef,
    rule: "G11",
  },
};
