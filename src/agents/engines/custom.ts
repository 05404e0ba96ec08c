import { EngineEvent } from "../../core/engine-event.ts";
import { AppError } from "../../core/error.ts";
import type { Engine, EngineCall, EngineLaunch, EngineOrder } from "./engine.ts";
import { onlyPrompt, readOptions, textOption } from "./options.ts";
import { createReader, parseJson, type RunNotes, type Translate, titleOf } from "./reader.ts";

/** Any program: its prompt on stdin, its events or plain words on stdout. docs/add-an-engine.md describes it. */
export const custom: Engine = {
  kind: "custom",
  defaultProgram: "engine",
  install: "Name its program as the engine's command in chargehand.yaml",
  keyNames: [],
  readOrder: readPlainOrder,
  launch: launchPlain,
  reader: (run) => createReader(translatePlain(), run),
};

/** `engine <name> [--model <model>] [--resume <thread>] "<prompt>"`: a form that suits every engine. */
export function readPlainOrder([, , ...words]: readonly string[]): EngineOrder {
  const { values, rest } = readOptions(words, { model: { type: "string" }, resume: { type: "string" } });
  const model = textOption(values, "model");
  const threadId = textOption(values, "resume");
  return {
    prompt: onlyPrompt(rest, 'engine <name> "<prompt>".'),
    options: [],
    ...(model && { model }),
    ...(threadId && { resume: { threadId } }),
  };
}

export function launchPlain(order: EngineOrder, call: EngineCall): EngineLaunch {
  if (order.resume === "last") throw new AppError("bad-input", "This engine resumes a thread by its id only.");
  const model = order.model ?? call.model;
  return {
    argv: call.program.argv,
    env: {
      ...call.environment,
      ...(model && { CHARGEHAND_MODEL: model }),
      ...(call.baseUrl && { CHARGEHAND_BASE_URL: call.baseUrl }),
      ...(order.resume && { CHARGEHAND_THREAD_ID: order.resume.threadId }),
      ...(call.guidance && { CHARGEHAND_GUIDANCE: call.guidance }),
      HOME: call.homePath,
    },
    stdin: order.prompt,
    readOnly: call.program.readOnly,
  };
}

const answerLines = 20;

/** JSON lines that are events count as such; every other line is something the engine says. */
export function translatePlain(): Translate<string> {
  const said: string[] = [];
  let speaksEvents = false;
  let messages = 0;
  return (line, notes) => {
    const { data: event } = EngineEvent.safeParse(parseJson(line));
    if (event !== undefined) {
      speaksEvents = true;
      return noteDown(event, notes);
    }
    if (parseJson(line) !== undefined) return undefined;
    said.push(line);
    if (said.length > answerLines) said.shift();
    if (!speaksEvents) {
      notes.answer = said.join("\n");
      // Whoever prints plain words comes to its end by exiting with 0.
      notes.outcome = { ok: true };
    }
    messages += 1;
    return [{ type: "action", id: `line-${messages}`, kind: "message", title: titleOf(line), phase: "completed" }];
  };
}

function noteDown(event: EngineEvent, notes: RunNotes): ReturnType<Translate<string>> {
  switch (event.type) {
    case "started":
      notes.threadId = event.threadId;
      notes.model = event.model;
      return [];
    case "action":
      if (event.kind === "retry") notes.trouble = event.title;
      return [{ ...event, title: titleOf(event.title) }];
    case "completed":
      notes.threadId = event.threadId ?? notes.threadId;
      notes.answer = event.answer;
      notes.outcome = { ok: event.ok, ...(event.error && { error: event.error }) };
      notes.usage = event.usage;
      return [];
  }
}
