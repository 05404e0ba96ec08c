import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Config } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import { maxTaskLength, type Submission } from "../core/task.ts";
import { orderSchemaFor, type WrittenOrder } from "../core/written-order.ts";
import { isInside } from "../platform/is-inside.ts";
import { formatPath, readWritten, type WrittenIssue } from "../platform/schema-issues.ts";
import { thisPerson } from "./person.ts";

/** What a person orders from a terminal, before the desk gives it an id. */
export type Order = Omit<Submission, "jobId" | "submittedAt">;

export interface OrderOptions {
  readonly project?: string;
  readonly requestId?: string;
  /** Commands that must pass besides the project's checks. */
  readonly validate?: readonly string[];
}

/** Makes an order of what was typed, or throws "bad-input" naming everything that is wrong with it. */
export function composeOrder(config: Config, typed: WrittenOrder, cwd: string): Order {
  return {
    requestId: typed.requestId ?? randomUUID(),
    project: chooseProject(config, typed.project, cwd),
    text: typed.text,
    requestedBy: thisPerson(),
    origin: { type: "terminal" },
    ...(typed.validation !== undefined && { validation: typed.validation }),
  };
}

/** The task on the command line, or the file that holds it. Options win over the file. */
export async function readOrder(typed: string, options: OrderOptions): Promise<WrittenOrder> {
  const content = typed.endsWith(".json") ? await readOrderFile(typed) : { text: typed };
  const written = { ...content, ...definedOnly(options) };
  const result = readWritten(orderSchemaFor(written), written);
  if (result.ok) return result.value;
  throw new AppError(
    "bad-input",
    `This is no order: ${result.issues
      .map(fault)
      .join("; ")
      .replace(/[.?]?$/, (end) => end || ".")}`,
  );
}

async function readOrderFile(path: string): Promise<object> {
  try {
    return z.looseObject({}).parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new AppError("not-found", `There is no file ${path}. A task that is no file does not end in .json.`);
    }
    throw new AppError("bad-input", `${path} cannot be read as an order: write {"text": …, "project": …} into it.`, {
      cause: error,
    });
  }
}

function definedOnly({ project, requestId, validate }: OrderOptions): object {
  return {
    ...(project !== undefined && { project }),
    ...(requestId !== undefined && { requestId }),
    ...(validate !== undefined && { validation: validate }),
  };
}

function fault({ path, sentence }: WrittenIssue): string {
  const field = formatPath(path);
  const isText = field === "text" || field === "task";
  return isText && sentence.startsWith("must be at most")
    ? `${field} is longer than ${maxTaskLength} characters`
    : `${field === "" ? "it" : field} ${sentence}`;
}

/** The project that was named, else the one this folder belongs to, else the only one. */
export function chooseProject(config: Config, named: string | undefined, cwd: string): string {
  const names = Object.keys(config.projects);
  const list = names.join(", ") || "none";
  if (named !== undefined) {
    if (names.includes(named)) return named;
    throw new AppError("not-found", `No project is called "${named}". Configured: ${list}.`);
  }
  const [here] = Object.entries(config.projects).find(([, { baseDir }]) => isInside(cwd, baseDir)) ?? [];
  const only = names.length === 1 ? names[0] : undefined;
  const chosen = here ?? only;
  if (chosen !== undefined) return chosen;
  throw new AppError("bad-input", `Which project? Name one with --project. Configured: ${list}.`);
}
