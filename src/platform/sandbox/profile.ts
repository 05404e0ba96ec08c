/** What a sandboxed program may see, change and reach. Whatever is not named here does not exist for it. */
export interface SandboxProfile {
  /** Its worktree: it may change everything there but what `readOnlyInside` names. */
  readonly worktree: string;
  /** Further folders it may change, such as a job's git directory. They exist. */
  readonly writable: readonly string[];
  /** What it may read besides the system: toolchains, a git directory. */
  readonly readOnly: readonly string[];
  /** Paths below something writable that stay as they are: the `.git` file, what is out of the job's scope. */
  readonly readOnlyInside: readonly string[];
  /** Files below something visible that read as empty, such as credentials in a toolchain's folder. */
  readonly hidden?: readonly string[];
  /** Folders shown in another place, below the worktree and read-only. */
  readonly shown?: readonly { readonly from: string; readonly at: string }[];
  /** Folders below those that hold nothing yet, and whatever is written there is forgotten. They exist. */
  readonly scratch?: readonly string[];
  /** `hosts` are exact names, on ports 443 and 80 unless written as `name:port`. */
  readonly network: "none" | "open" | { readonly hosts: readonly string[] };
  /** A folder of its own that becomes its HOME; never a person's. It exists. */
  readonly home: string;
}

/** The hosts a profile allows, if it limits the network to such; none at all is no network. */
export function hostsOf({ network }: SandboxProfile): readonly string[] | undefined {
  return typeof network === "object" && network.hosts.length > 0 ? network.hosts : undefined;
}
