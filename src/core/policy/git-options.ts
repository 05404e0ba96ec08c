import { type OptionTable, options } from "./options.ts";

/*
 * What git takes, by subcommand, each option by its whole name. Left out on purpose: whatever runs a program
 * (--ext-diff, --textconv, --upload-pack, grep -O), writes or reads a file (--output, --no-index, blame --contents),
 * opens an editor (-e, -p, -i, -c, -t), signs (-S), or changes tracking (branch -u, switch --track).
 */

const none = options({});

/** `--unified` and `--format` take a value only behind `=`: git reads the next word as something else. */
const diff = options({
  flags:
    "--name-only --name-status --numstat --shortstat --summary --check --cached --staged --patch --no-patch --raw " +
    "--minimal --patience --histogram --no-color --no-ext-diff --no-textconv --no-renames --ignore-all-space " +
    "--ignore-space-change --ignore-blank-lines --full-index --exit-code --quiet --text --no-prefix --merge-base --cc " +
    "--compact-summary --pickaxe-regex -p -w -b -R -a -u -z -s",
  optional: "--stat --word-diff --color --find-renames --find-copies --abbrev --dirstat --ignore-submodules -M -C -U",
  valued: "--diff-filter --diff-algorithm --inter-hunk-context",
  text: "-S -G",
  joined: "--unified",
});

const log = options(
  {
    flags:
      "--oneline --graph --all --no-merges --merges --first-parent --reverse --follow --no-decorate --abbrev-commit " +
      "--no-walk --topo-order --date-order --left-right --cherry-pick --cherry-mark --walk-reflogs --full-history " +
      "--all-match --boundary --invert-grep --regexp-ignore-case --fixed-strings --extended-regexp --count --no-notes " +
      "--simplify-by-decoration --ancestry-path -i -E -F -m -c -g",
    optional: "--decorate --branches --tags --remotes",
    valued: "--max-count --skip --since --until --after --before --author --committer --date -n -L",
    text: "--grep",
    joined: "--format --pretty",
    count: true,
  },
  diff,
);

const network = options({
  flags:
    "--prune --tags --no-tags --all --quiet --verbose --dry-run --heads --refs --no-recurse-submodules -p -q -v -t",
  valued: "--depth --deepen",
});

const stashPush = options({
  flags: "-u --include-untracked -k --keep-index -q --quiet -S --staged -a --all",
  text: "-m --message",
});

export const gitOptions = {
  diff,
  log,
  none,
  network,
  pull: options({ flags: "--ff-only --ff --no-rebase --no-edit" }, network),
  stashPush,
  stashShow: options({ flags: "--include-untracked" }, log),
  stashApply: options({ flags: "--index -q" }),
  diffTree: options({ flags: "-r -t" }, log),
  revList: options({ flags: "--objects" }, log),
  worktreeAdd: options({
    flags: "-d -q --detach --no-track --quiet --checkout",
    valued: "-b",
  }),
  worktreeRemove: options({ flags: "-f --force" }),
  worktreeList: options({ flags: "--porcelain -v -z" }),
  worktreePrune: options({ flags: "-n -v" }),
  symbolicRef: options({ flags: "--short -q" }),
  remote: options({ flags: "-v" }),
  config: options({ flags: "--get --get-all" }),
  status: options({
    flags: "--short --branch --long --no-renames --show-stash --ahead-behind --no-ahead-behind -s -b -z",
    optional: "--porcelain --untracked-files --ignored --ignore-submodules --column --find-renames -u",
  }),
  revParse: options({
    flags:
      "--show-toplevel --verify --quiet --is-inside-work-tree --git-dir --symbolic-full-name --show-prefix --show-cdup " +
      "--absolute-git-dir --git-common-dir -q",
    optional: "--short --abbrev-ref",
  }),
  lsFiles: options({
    flags:
      "--cached --deleted --modified --others --stage --exclude-standard --full-name --error-unmatch --ignored " +
      "--unmerged --directory -c -d -m -o -s -u -t -z -k -i -v",
    optional: "--abbrev",
    valued: "--exclude -x",
  }),
  lsTree: options({
    flags: "--name-only --name-status --long --full-name --full-tree -r -t -d -l -z",
    optional: "--abbrev",
  }),
  catFile: options({ flags: "-t -s -p -e" }),
  blame: options({
    flags: "--porcelain --line-porcelain --show-email --date-order --root -s -w -l -e -f -t -n -b -c",
    optional: "--abbrev -M -C",
    valued: "--date --since -L",
  }),
  shortlog: options({
    flags: "--summary --numbered --email --no-merges --all -s -n -e",
    valued: "--since --until --author --group",
    count: true,
  }),
  describe: options({
    flags: "--tags --all --always --long --exact-match --contains --first-parent",
    optional: "--abbrev --dirty --broken",
    valued: "--match --exclude --candidates",
  }),
  nameRev: options({ flags: "--name-only --tags --always" }),
  mergeBase: options({ flags: "--all --is-ancestor --fork-point --octopus --independent -a" }),
  showRef: options({
    flags: "--heads --tags --verify --quiet --head --dereference -q -d -s",
    optional: "--hash --abbrev",
  }),
  forEachRef: options({
    flags: "--shell",
    optional: "--merged --no-merged",
    valued: "--format --sort --count --contains --points-at",
  }),
  cherry: options({ flags: "-v" }),
  countObjects: options({ flags: "--verbose --human-readable -v -H" }),
  checkIgnore: options({ flags: "--verbose --non-matching --quiet --no-index -v -n -q -z" }),
  grep: options({
    flags:
      "--line-number --ignore-case --word-regexp --files-with-matches --name-only --count --fixed-strings " +
      "--extended-regexp --perl-regexp --cached --untracked --invert-match --no-color --break --heading --show-function " +
      "--function-context --and --or --not --all-match --full-name --text --no-textconv --quiet --only-matching " +
      "--column -n -i -w -l -L -c -F -E -P -G -v -I -a -h -H -o -p -W -q -r -z",
    optional: "--color",
    valued: "--max-depth --context --after-context --before-context --max-count --threads -A -B -C -m",
    text: "-e",
  }),
  add: options({
    flags:
      "--all --update --verbose --dry-run --intent-to-add --no-ignore-removal --ignore-removal --renormalize " +
      "--ignore-missing --refresh -A -u -v -n -N",
    optional: "--chmod",
  }),
  mv: options({ flags: "--verbose --dry-run -v -n -k" }),
  rm: options({ flags: "--cached --dry-run --quiet --ignore-unmatch -r -n -q" }),
  commit: options({
    flags:
      "--all --amend --no-edit --allow-empty --allow-empty-message --quiet --verbose --signoff --no-verify --dry-run " +
      "--short --porcelain --only --include --no-gpg-sign --no-status --no-post-rewrite --reset-author --long --branch " +
      "--null --no-signoff -a -q -v -s -n -o -i -z",
    optional: "--untracked-files",
    valued: "--author --date --trailer --fixup --squash --cleanup --file --reuse-message -F -C",
    text: "--message -m",
  }),
  branch: options({
    flags:
      "--all --remotes --list --show-current --verbose --quiet --ignore-case --no-color --no-column --no-abbrev " +
      "--delete --move --copy --force --no-track -a -r -l -v -q -i -d -D -m -M -c -C -f",
    optional: "--merged --no-merged --contains --no-contains --color --column --abbrev",
    valued: "--format --sort --points-at",
  }),
  tag: options({
    flags: "--list --annotate --delete --force --ignore-case --no-column -l -a -d -f -i",
    optional: "--merged --no-merged --contains --column -n",
    valued: "--sort --format --points-at --cleanup",
    text: "--message -m",
  }),
  switch: options({
    flags:
      "--detach --force --discard-changes --force-create --merge --quiet --no-track --guess --no-guess -d -f -q -m",
    valued: "-c -C",
  }),
  checkout: options({
    flags: "--quiet --detach --force --ours --theirs --merge --no-track --guess --no-guess -q -f -d -m",
    valued: "--conflict -b -B",
  }),
  restore: options({
    flags: "--staged --worktree --quiet --ours --theirs --merge --ignore-unmerged -S -W -q -m",
    valued: "--source -s",
  }),
  reset: options({
    flags: "--hard --soft --mixed --merge --keep --quiet --no-refresh --intent-to-add -q -N",
  }),
  merge: options({
    flags:
      "--no-ff --ff --ff-only --squash --no-commit --commit --no-edit --abort --continue --quit --quiet --verbose " +
      "--stat --no-stat --no-squash --signoff --no-verify --no-gpg-sign --no-log --allow-unrelated-histories -q -v -n",
    optional: "--log",
    valued: "--strategy --strategy-option --into-name --cleanup -s -X",
    text: "--message -m",
  }),
  cherryPick: options({
    flags:
      "--no-commit --abort --continue --skip --quit --signoff --ff --allow-empty --keep-redundant-commits " +
      "--no-gpg-sign -x -n -s",
    valued: "--mainline --strategy --strategy-option --cleanup -m -X",
  }),
  revert: options({
    flags: "--no-commit --no-edit --abort --continue --skip --quit --signoff --no-gpg-sign -n -s",
    valued: "--mainline --strategy --strategy-option --cleanup -m -X",
  }),
  clean: options({ flags: "--dry-run --force --quiet -n -f -d -x -X -q", valued: "--exclude -e" }),
  apply: options({
    flags:
      "--check --stat --numstat --summary --reverse --3way --index --cached --verbose --recount --reject --allow-empty " +
      "--ignore-whitespace --ignore-space-change -R -v -3",
    valued: "--whitespace --exclude --include -p -C",
  }),
  formatPatch: options({
    flags: "--stdout --numbered --no-numbered --signoff --no-stat -n -N -k -s",
    valued: "--subject-prefix --base",
    count: true,
  }),
} as const satisfies Record<string, OptionTable>;
