/** Where the evidence of one job lies, relative to its folder. `bundle.json` seals all the others. */
export const artifacts = {
  bundle: "bundle.json",
  ledger: "ledger.jsonl",
  order: "job.json",
  context: "context.json",
  state: "state.json",
  result: "result.json",
  report: "report.md",
  patch: "patch.diff",
  logs: "logs.txt",
  /** A patch that was taken from files which then were not measured. It proves nothing, so nothing seals it. */
  unmeasuredPatch: "patch.unmeasured.diff",
} as const;

/** The parts of one step's folder. */
export const stepArtifacts = {
  result: "result.json",
  report: "report.md",
  patch: "patch.diff",
  logs: "logs.txt",
} as const;

/** `steps/007-call_x`: in the order in which they began, under a name that any file system takes. */
export function stepFolder({ number, id }: { readonly number: number; readonly id: string }): string {
  return `steps/${String(number).padStart(3, "0")}-${id.replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 80)}`;
}

/** Whether a path inside a job's folder is one of an artifact: a folder that was copied may not lead elsewhere. */
export function isArtifactPath(path: string): boolean {
  const names: readonly string[] = Object.values(artifacts);
  return names.includes(path) || /^steps\/\d{3,}-[A-Za-z0-9._-]+\/[a-z]+\.[a-z]+$/.test(path);
}
