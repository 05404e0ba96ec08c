/** Where a command would run, and what the operator has there. */
export interface Place {
  readonly inMain: boolean;
  readonly worktrees: Worktrees;
  /** Names of the configured engines. */
  readonly engines: readonly string[];
}

/** The worktrees of a job by name. */
export type Worktrees = Readonly<Record<string, { readonly kind: "main" | "task" }>>;
