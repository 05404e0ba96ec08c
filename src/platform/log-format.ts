import { styleText } from "node:util";
import { z } from "zod";

const Line = z.looseObject({
  level: z.string(),
  time: z.string(),
  msg: z.string().default(""),
  err: z.looseObject({ stack: z.string().optional(), message: z.string().optional() }).optional(),
});

/** One JSON line of the log as a person reads it: time, level, message, facts, and a failure's stack below. */
export function formatForPeople(json: string): string {
  const parsed = readLine(json);
  if (parsed === undefined) return json;
  const { level, time, msg, err, ...facts } = parsed;
  const clock = styleText("dim", new Date(time).toTimeString().slice(0, 8));
  const words = [
    clock,
    styleText(colourOf(level), level.toUpperCase().padEnd(5)),
    msg,
    ...Object.entries(facts).map(fact),
  ];
  const stack = err === undefined ? "" : `\n${indent(err.stack ?? err.message ?? "")}`;
  return `${words.join(" ")}${stack}\n`;
}

function readLine(json: string): z.infer<typeof Line> | undefined {
  try {
    return Line.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function fact([name, value]: [string, unknown]): string {
  return styleText("dim", `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}

function colourOf(level: string): "red" | "yellow" | "cyan" | "gray" {
  if (level === "error" || level === "fatal") return "red";
  if (level === "warn") return "yellow";
  return level === "info" ? "cyan" : "gray";
}
