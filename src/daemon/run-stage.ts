import { Conversation } from "../agents/conversation.ts";
import { type Gate, runRepoCommand } from "../agents/gate.ts";
import type { LanguageModel } from "../agents/model.ts";
import { orchestrate } from "../agents/orchestrator.ts";
import {
  changedTaskMessage,
  changeMessage,
  issueMessage,
  iterationMessage,
  orchestratorInstructions,
  taskMessage,
} from "../agents/prompt.ts";
import { checksOf } from "../core/config.ts";
import { orderedChecks } from "../core/declared-check.ts";
import type { JobState } from "../core/job.ts";
import { changeAskedFor } from "../core/merge-answer.ts";
import { retoldIn, taskTextOf } from "../core/task-text.ts";
import type { StageDeps, StageJob } from "./stage.ts";
import { makeWorkspace } from "./workspace.ts";

export interface RunDeps extends StageDeps {
  readonly model: LanguageModel;
  readonly modelName: string;
  readonly gateFor: (job: StageJob, signal: AbortSignal) => Gate;
  readonly redact: (text: string) => string;
}

/** Lets the orchestrator work until it ends or waits for a person. */
export async function run(deps: RunDeps, job: StageJob, signal: AbortSignal): Promise<void> {
  const { book, config, pool, removals } = deps;
  const { state, project, workspace, iteration } = job;
  if (!(await workspace.exists())) {
    const wish = { project, jobId: state.id, commit: state.base.commit, pool, removals };
    await makeWorkspace(workspace, wish, signal);
  }
  const conversation = await Conversation.open(workspace.files.conversation);
  await speak(conversation, state, deps.redact);
  const gate = deps.gateFor(job, signal);
  const end = await orchestrate(
    {
      model: deps.model,
      instructions: orchestratorInstructions(factsOf(job, config.roles.engine)),
      conversation,
      runCommand: (call, callSignal) => runRepoCommand(gate, call, callSignal),
      onUsage: async (usage) => {
        await book.record(state.id, { type: "spent", role: "orchestrator", model: deps.modelName, usage });
      },
      maxTurns: config.limits.maxTurns,
      modelTimeoutMs: config.limits.modelTimeout,
    },
    signal,
  );
  if (end.type === "waiting") return;
  await book.record(state.id, { type: "claimed", text: deps.redact(end.words).slice(0, 2_000) });
  await deps.order({ jobId: state.id, stage: "verify", iteration });
}

/** Says what is to be done, once for each attempt: the task first, later what was measured on the attempt before. */
async function speak(conversation: Conversation, state: JobState, redact: (text: string) => string): Promise<void> {
  const { judgement, checks, iteration, iterationsBefore, maxIterations } = state;
  if (conversation.ordersGiven >= iteration) return;
  if (conversation.ordersGiven === 0) return conversation.add({ role: "user", content: firstMessage(state, redact) });
  const retold = retoldIn(state, iteration);
  if (retold.length > 0) {
    await conversation.leaveOpenCalls();
    return conversation.add({ role: "user", content: redact(changedTaskMessage(retold)) });
  }
  if (iteration - 1 === iterationsBefore) {
    return conversation.add({ role: "user", content: changeMessage(changeAskedFor(state) ?? "") });
  }
  const facts = iterationMessage({ iteration, maxIterations, reasons: judgement?.reasons ?? [], checks });
  await conversation.add({ role: "user", content: redact(facts) });
}

/** A person's words go to the model as they are; those of an issue are anybody's. */
function firstMessage(state: JobState, redact: (text: string) => string): string {
  const { origin, text } = state.submission;
  return origin.type === "tracker" ? redact(issueMessage(origin.identifier, taskTextOf(state))) : taskMessage(text);
}

function factsOf({ state, project, workspace: { worktree } }: StageJob, defaultEngine: string | undefined) {
  const engine = project.engine ?? defaultEngine ?? "codex";
  return {
    project: project.name,
    main: project.main,
    worktree,
    engineCall: engineCall(engine),
    checks: [...orderedChecks(state.submission), ...checksOf(project)].map(({ cmd }) => cmd),
  };
}

function engineCall(engine: string): string {
  const known: Record<string, string> = {
    codex: 'codex exec "<order>"',
    claude: 'claude -p "<order>"',
    opencode: 'opencode run "<order>"',
  };
  return (Object.hasOwn(known, engine) ? known[engine] : undefined) ?? `engine ${engine} "<order>"`;
}
