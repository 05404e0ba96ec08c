/** What every engine is told beside its order. It names no task and nothing hidden. */
export const harnessGuidance = [
  "You work headless in a git worktree of your own; nobody can answer questions, so decide and go on.",
  "Follow the repository's AGENTS.md and CLAUDE.md where they exist.",
  "Change files in this worktree only. Do not commit, push, or touch git's configuration: that is done for you.",
  "Do not edit, skip or delete tests to make them pass. Your result is judged by its files, which are checked elsewhere.",
  "End with a short account of what you changed and what remains.",
].join("\n");
