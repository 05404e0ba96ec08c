import { type Approval, type ApprovalSubject, type Choice, choicesFor } from "../core/approval.ts";
import type { Person } from "../core/task.ts";
import type { JobDesk } from "../platform/job-desk.ts";
import { visibleText } from "../platform/visible-text.ts";
import { clipped } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

export interface QuestionerDeps {
  readonly desk: JobDesk;
  readonly person: Person;
  readonly terminal: Terminal;
  /** Says yes to everything without asking. */
  readonly assumeYes: boolean;
}

/** Puts a job's questions to the person at the terminal, one at a time, and brings the answers to the desk. */
export interface Questioner extends Disposable {
  ask(approval: Approval): void;
  /** The question was answered, here or elsewhere: whoever is still being asked is let go. */
  withdraw(approvalId: string): void;
}

export function createQuestioner(deps: QuestionerDeps, signal: AbortSignal): Questioner {
  const open = new Map<string, AbortController>();
  let last = Promise.resolve();

  const answer = async (approval: Approval, withdrawn: AbortController) => {
    if (withdrawn.signal.aborted) return;
    const given = await askFor(deps, approval, AbortSignal.any([withdrawn.signal, signal]));
    if (given !== undefined) await decide(deps, approval, given);
  };
  return {
    ask(approval) {
      const withdrawn = new AbortController();
      open.set(approval.id, withdrawn);
      last = last
        .then(() => answer(approval, withdrawn))
        .catch((error: unknown) => {
          deps.terminal.note(`The answer could not be given: ${error instanceof Error ? error.message : error}`);
        });
    },
    withdraw(approvalId) {
      open.get(approvalId)?.abort();
      open.delete(approvalId);
    },
    [Symbol.dispose]() {
      for (const withdrawn of open.values()) withdrawn.abort();
    },
  };
}

interface Answer {
  readonly choice: Choice;
  readonly advice?: string;
}

async function askFor(deps: QuestionerDeps, approval: Approval, signal: AbortSignal): Promise<Answer | undefined> {
  if (deps.assumeYes) return { choice: choicesFor[approval.subject.type][0] };
  if (!deps.terminal.interactive) {
    deps.terminal.note(elsewhere(approval));
    return undefined;
  }
  try {
    return await prompt(deps, approval, signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

async function prompt({ desk, terminal }: QuestionerDeps, approval: Approval, signal: AbortSignal): Promise<Answer> {
  const { offer, choices } = prompts[approval.subject.type];
  for (;;) {
    const typed = (await terminal.ask(offer, signal)).trim().toLowerCase();
    if (typed === "v") terminal.note(visibleText((await desk.patch(approval.jobId)) ?? "There is no diff yet."));
    const choice = choices.get(typed);
    const answer = choice && (await withWords(terminal, choice, signal));
    if (answer !== undefined) return answer;
  }
}

/** A refusal may say what to do instead; a wish for changes is nothing without its words. */
async function withWords(terminal: Terminal, choice: Choice, signal: AbortSignal): Promise<Answer | undefined> {
  if (choice !== "deny" && choice !== "change") return { choice };
  const advice = (await terminal.ask(`  ${wordsWanted[choice]} `, signal)).trim();
  if (advice !== "") return { choice, advice };
  return choice === "deny" ? { choice } : undefined;
}

const wordsWanted = {
  deny: "What should it do instead? (Enter for nothing)",
  change: "What should be different? (Enter to think again)",
} as const;

interface Prompt {
  readonly offer: string;
  readonly choices: ReadonlyMap<string, Choice>;
}

const prompts: Record<ApprovalSubject["type"], Prompt> = {
  merge: {
    offer: "  [m] merge  [d] discard  [c] ask for changes  [v] view the diff: ",
    choices: new Map([
      ["m", "merge"],
      ["d", "discard"],
      ["c", "change"],
    ]),
  },
  command: {
    offer: "  [y] once  [j] for this job  [n] no: ",
    choices: new Map([
      ["y", "allow_once"],
      ["j", "allow_for_job"],
      ["n", "deny"],
    ]),
  },
  task_changed: {
    offer: "  [k] keep the accepted text  [t] take the new text  [s] stop the job: ",
    choices: new Map([
      ["k", "keep_text"],
      ["t", "take_text"],
      ["s", "stop"],
    ]),
  },
};

function elsewhere({ id, jobId, subject }: Approval): string {
  switch (subject.type) {
    case "merge":
      return `  Waiting for an answer: chargehand merge ${jobId}, discard ${jobId}, or change ${jobId} "…".`;
    case "command":
      return `  Waiting for an answer: chargehand approve ${id}, or chargehand deny ${id}.`;
    case "task_changed":
      return `  Waiting for an answer: chargehand keep ${jobId}, take ${jobId}, or cancel ${jobId}.`;
  }
}

async function decide({ desk, person, terminal }: QuestionerDeps, approval: Approval, answer: Answer): Promise<void> {
  const { recorded, first } = await desk.decide({
    type: "settle",
    jobId: approval.jobId,
    approvalId: approval.id,
    by: person,
    ...answer,
  });
  if (!recorded && first.type === "settle") terminal.note(`  ${clipped(first.by.name, 60)} had answered before.`);
}
