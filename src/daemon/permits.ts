import type { Permit, Permits } from "../agents/gate.ts";
import type { ApprovalSubject, Settlement } from "../core/approval.ts";
import { requestApproval } from "./approvals.ts";
import type { JobBook } from "./job-book.ts";

type CommandSubject = Extract<ApprovalSubject, { type: "command" }>;

export interface PermitDeps {
  readonly book: JobBook;
  readonly jobId: string;
  /** The tree hash of a worktree's files as they are now. */
  readonly treeOf: (worktreePath: string) => Promise<string>;
  readonly expiresInMs: number;
  readonly onAsked: (approvalId: string) => Promise<void>;
}

/** A person's permissions for commands, as the job's ledger holds them. */
export function permitsOf({ book, jobId, treeOf, expiresInMs, onAsked }: PermitDeps): Permits {
  return {
    async lookUp(call, argv) {
      const { approvals } = await book.known(jobId);
      const rows = approvals.flatMap(({ approval, settlement }) =>
        approval.subject.type === "command" ? [{ id: approval.id, subject: approval.subject, settlement }] : [],
      );
      const own = rows.find(({ subject }) => subject.callId === call.id);
      if (own !== undefined) return permitOf(own.id, own.settlement, await hasDrifted(own.subject, treeOf));
      const standing = rows.find(
        ({ subject, settlement }) => isStanding(settlement) && isSame(subject, call.worktree, argv),
      );
      return standing === undefined ? { type: "none" } : { type: "granted", approvalId: standing.id };
    },
    async ask(call, { argv, cwd, reason }) {
      const tree = await treeOf(cwd);
      const subject: CommandSubject = {
        type: "command",
        callId: call.id,
        worktree: call.worktree,
        argv: [...argv],
        cwd,
        tree,
        reason,
      };
      const { id } = await requestApproval(book, jobId, { subject, expiresInMs });
      await onAsked(id);
      return id;
    },
  };
}

function permitOf(approvalId: string, settlement: Settlement | undefined, hasDrifted: boolean): Permit {
  if (settlement === undefined) return { type: "waiting", approvalId };
  switch (settlement.type) {
    case "expired":
      return { type: "refused", text: "not run: nobody answered in time. Go on without this command." };
    case "void":
      return { type: "refused", text: `not run: the permission is void. ${settlement.reason}` };
    case "chosen": {
      if (settlement.choice === "deny") {
        const advice = settlement.advice === undefined ? "" : ` They say: ${settlement.advice}`;
        return { type: "refused", text: `not run: a person denied this command.${advice}` };
      }
      if (hasDrifted) {
        return {
          type: "refused",
          text: "not run: the files changed after the person was asked, so the permission is void. Ask again.",
        };
      }
      return { type: "granted", approvalId };
    }
  }
}

async function hasDrifted({ cwd, tree }: CommandSubject, treeOf: PermitDeps["treeOf"]): Promise<boolean> {
  return (await treeOf(cwd)) !== tree;
}

function isStanding(settlement: Settlement | undefined): boolean {
  return settlement?.type === "chosen" && settlement.choice === "allow_for_job";
}

/** Exactly this command in exactly this worktree: a permission for a job is not a pattern. */
function isSame(subject: CommandSubject, worktree: string, argv: readonly string[]): boolean {
  return subject.worktree === worktree && JSON.stringify(subject.argv) === JSON.stringify(argv);
}
