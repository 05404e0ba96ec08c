/** What a sandboxed program may see, change and reach. Whatever is not named here does not exist for it. */
export interface SandboxProfile {
  /** Its worktree: writable, and where it is started. */
  readonly worktree: string;
  /** Further folders it may change, such as a job's git directory. */
  readonly writable: readonly string[];
  /** What it may read besides the system: toolchains, a git directory. */
  readonly readOnly: readonly string[];
  /** Paths below something writable that stay read-only: the `.git` file, what is out of the job's scope. */
  readonly readOnlyInside: readonly string[];
  /** `hosts` are exact names, on ports 443 and 80 unless written as `name:port`. */
  readonly network: "none" | "open" | { readonly hosts: readonly string[] };
  /** A folder of its own that becomes its HOME; never a person's. */
  readonly home: string;
}
