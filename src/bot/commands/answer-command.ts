import { maySubmit, roleOf } from "../../core/config.ts";
import { AppError } from "../../core/error.ts";
import { isTerminal, type JobState } from "../../core/job.ts";
import { nearest } from "../../core/nearest.ts";
import type { Letter } from "../memory.ts";
import type { Content } from "../message.ts";
import { placeOrder } from "../orders/place-order.ts";
import type { BotParts } from "../parts.ts";
import { redactJob } from "../redact-job.ts";
import { canBeCancelled, cancelKeyboard, renderCard } from "../render/card.ts";
import { renderDiff } from "../render/diff.ts";
import { title } from "../render/headline.ts";
import { renderHelp, renderProjects, renderWelcome } from "../render/help.ts";
import { renderJobList } from "../render/job-list.ts";
import { answer } from "../updates/answers.ts";
import { type Command, commandList } from "./command.ts";

/** Carries out what a message asks for. A named failure is the answer. */
export async function answerCommand(parts: BotParts, letter: Letter, command: Command): Promise<void> {
  if (command.type === "order") return placeOrder(parts, { ...letter, text: command.text });
  try {
    await answer(parts.outbox, letter, await reply(parts, letter, command));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await answer(parts.outbox, letter, error.message);
  }
}

type Question = Exclude<Command, { type: "order" }>;

async function reply(parts: BotParts, letter: Letter, command: Question): Promise<Content | string> {
  const { config, desk } = parts;
  const projects = Object.keys(config.projects);
  switch (command.type) {
    case "start":
      return renderWelcome(letter.person.name, projects);
    case "help":
      return renderHelp(projects);
    case "projects":
      return renderProjects(config);
    case "jobs":
      return renderJobList(
        (await desk.jobs({ limit: 15 })).map((job) => redactJob(job, parts.redact)),
        projects,
        Date.now(),
      );
    case "status":
      return status(parts, await jobFor(parts, command.job, "status"));
    case "diff":
      return diff(parts, await jobFor(parts, command.job, "diff"));
    case "cancel":
      return cancel(parts, letter, await jobFor(parts, command.job, "cancel"));
    case "unknown":
      return unknownCommand(command.name);
  }
}

/** The job a person means: the one they name, or without a name the one that is open. */
async function jobFor({ desk }: BotParts, typed: string, command: string): Promise<JobState> {
  if (typed !== "") return desk.find(typed);
  const jobs = await desk.jobs({ limit: 50 });
  const open = jobs.filter(({ status: state }) => !isTerminal(state));
  if (open.length > 1) {
    const list = open.map(({ id, submission }) => `/${command} ${id} — ${title(submission.text)}`).join("\n");
    throw new AppError("bad-input", `Several jobs are open. Which one?\n${list}`);
  }
  const job = open[0] ?? (command === "cancel" ? undefined : jobs[0]);
  if (job !== undefined) return job;
  throw new AppError(
    "not-found",
    jobs.length === 0 ? "There are no jobs yet." : "No job is open. /jobs lists the latest.",
  );
}

function status({ redact }: BotParts, job: JobState): Content {
  const { keyboard: _, ...card } = renderCard(redactJob(job, redact), Date.now());
  return canBeCancelled(job) ? { ...card, keyboard: cancelKeyboard(job.id) } : card;
}

/** What a job changed, or why there is nothing to see. */
export async function diff({ desk, redact }: BotParts, job: JobState): Promise<Content | string> {
  const patch = await desk.patch(job.id);
  if (patch?.trim()) return renderDiff(redactJob(job, redact), redact(patch));
  return isTerminal(job.status)
    ? `Job ${job.id} changed nothing.`
    : `Job ${job.id} has no diff yet: there is one as soon as its work is checked.`;
}

async function cancel({ config, desk }: BotParts, { senderId, person }: Letter, job: JobState): Promise<string> {
  if (!maySubmit(roleOf(config, senderId))) return "You may look at jobs here, but not cancel any.";
  if (isTerminal(job.status)) return `Job ${job.id} has ended already.`;
  await desk.decide({ type: "cancel", jobId: job.id, by: person });
  return `Cancelling job ${job.id}: ${title(job.submission.text)}`;
}

function unknownCommand(name: string): string {
  const meant = nearest(
    name,
    commandList.map(({ command }) => command),
  );
  return meant === undefined
    ? `I do not know /${name}. /help lists what I know.`
    : `I do not know /${name}. Did you mean /${meant}?`;
}
