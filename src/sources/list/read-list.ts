import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import type { Config } from "../../core/config.ts";
import { AppError } from "../../core/error.ts";
import type { Submission } from "../../core/task.ts";
import { WrittenOrder } from "../../core/written-order.ts";
import { formatPath, readWritten } from "../../platform/schema-issues.ts";
import { refuseInProject } from "../../platform/trusted-place.ts";

/** A task of a list, ready to be ordered. */
export type ListedTask = Pick<Submission, "requestId" | "project" | "text">;

/**
 * Reads `DISPATCH_TASKS`: a list itself, as `["Fix the rounding", {text: …, project: …}]`, or the path of one in JSON or
 * YAML, or of a text file with a task on each line. Throws "bad-config" naming everything that is wrong with it, and where
 * the file lies in a project's folder: a job that could write it would order jobs.
 */
export function readList(written: string, { projects }: Pick<Config, "projects">, directory: string): ListedTask[] {
  const isInline = written.trimStart().startsWith("[");
  const source = isInline ? "DISPATCH_TASKS" : resolve(directory, written.trim());
  if (!isInline)
    refuseInProject(
      source,
      Object.values(projects).map(({ baseDir }) => baseDir),
      keepElsewhere,
    );
  const items = isInline ? parse(written, source) : readItems(source);
  const orders = z.array(z.preprocess(asOrder, WrittenOrder));
  const result = readWritten(orders, items);
  if (!result.ok) {
    const lines = result.issues.map(({ path, sentence }) => `${source}: ${placeOf(path)} ${sentence}.`);
    throw new AppError("bad-config", lines.join("\n"));
  }
  return result.value.map((order, index) => withProject(order, Object.keys(projects), `${source}: task ${index + 1}`));
}

const keepElsewhere = "Keep the list in a folder of your own, and name it there in DISPATCH_TASKS.";

function readItems(path: string): unknown {
  const text = readText(path);
  if (/\.(json|ya?ml)$/i.test(path)) return parse(text, path);
  return text.split("\n").filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const remedy = "Correct DISPATCH_TASKS: it is the path of a list of tasks, or a list in brackets.";
    throw new AppError("bad-config", `${path} cannot be read.`, { remedy, cause });
  }
}

/** JSON is YAML too. */
function parse(text: string, source: string): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error === undefined) return document.toJS();
  const remedy = 'Write ["first task", "second task"].';
  throw new AppError("bad-config", `${source} is no list: ${error.message}.`, { remedy });
}

function asOrder(item: unknown): unknown {
  return typeof item === "string" ? { text: item } : item;
}

function placeOf([index, ...rest]: readonly PropertyKey[]): string {
  if (typeof index !== "number") return "it";
  return [`task ${index + 1}:`, ...(rest.length > 0 ? [formatPath(rest)] : [])].join(" ");
}

function withProject({ text, project, requestId }: WrittenOrder, names: readonly string[], place: string): ListedTask {
  const chosen = project ?? (names.length === 1 ? names[0] : undefined);
  const list = names.join(", ") || "none";
  if (chosen === undefined) throw new AppError("bad-config", `${place}: name its project. Configured: ${list}.`);
  if (!names.includes(chosen)) {
    throw new AppError("bad-config", `${place}: no project is called "${chosen}". Configured: ${list}.`);
  }
  return { requestId: requestId ?? requestIdOf(chosen, text), project: chosen, text };
}

/** The same words for the same project are the same job, with every start. */
function requestIdOf(project: string, text: string): string {
  return createHash("sha256").update(`${project}\n${text}`).digest("hex").slice(0, 32);
}
