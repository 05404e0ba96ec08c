import { readFile, rename, writeFile } from "node:fs/promises";
import { type ModelMessage, modelMessageSchema, type ToolCallPart, type ToolResultPart } from "ai";
import { z } from "zod";
import { AppError } from "../core/error.ts";

/** What became of a tool call. A call that is `started` and nothing more was cut off by a crash. */
const CallRecord = z.discriminatedUnion("status", [
  z.object({ status: z.literal("started") }),
  z.object({ status: z.literal("waiting"), approvalId: z.string() }),
  z.object({ status: z.literal("finished"), text: z.string() }),
]);
export type CallRecord = z.infer<typeof CallRecord>;

const Saved = z.object({ messages: z.array(modelMessageSchema), calls: z.record(z.string(), CallRecord) });

/**
 * What the orchestrator's model has heard and said, with a journal of its tool calls, saved before and after each of
 * them: after a crash nothing finished runs again, and the messages sent are the prefix they were.
 */
export class Conversation {
  readonly #path: string;
  readonly #messages: ModelMessage[];
  readonly #calls: Record<string, CallRecord>;
  #saved: Promise<void> = Promise.resolve();

  private constructor(path: string, { messages, calls }: z.infer<typeof Saved>) {
    this.#path = path;
    this.#messages = messages;
    this.#calls = calls;
  }

  static async open(path: string): Promise<Conversation> {
    const text = await readFile(path, "utf8").catch(emptyIfMissing);
    return new Conversation(path, text === undefined ? { messages: [], calls: {} } : Saved.parse(JSON.parse(text)));
  }

  get messages(): readonly ModelMessage[] {
    return this.#messages;
  }

  /** How often a person or the harness has spoken. */
  get ordersGiven(): number {
    return this.#messages.filter(({ role }) => role === "user").length;
  }

  /** Model turns since a person or the harness last spoke. */
  get turns(): number {
    const lastWord = this.#messages.findLastIndex(({ role }) => role === "user");
    return this.#messages.slice(lastWord + 1).filter(({ role }) => role === "assistant").length;
  }

  /** Calls of the model's last message that have no result in the conversation yet. */
  get openCalls(): ToolCallPart[] {
    const last = this.#messages.findLastIndex(({ role }) => role === "assistant");
    const answered = new Set(this.#messages.slice(last + 1).flatMap(resultIds));
    return toolCalls(this.#messages[last]).filter(({ toolCallId }) => !answered.has(toolCallId));
  }

  /** The model's closing words, once it has spoken without calling anything. */
  get closingWords(): string | undefined {
    const last = this.#messages.at(-1);
    if (last?.role !== "assistant" || toolCalls(last).length > 0) return undefined;
    if (typeof last.content === "string") return last.content;
    return last.content.map((part) => (part.type === "text" ? part.text : "")).join("");
  }

  call(callId: string): CallRecord | undefined {
    return Object.hasOwn(this.#calls, callId) ? this.#calls[callId] : undefined;
  }

  async note(callId: string, record: CallRecord): Promise<void> {
    this.#calls[callId] = record;
    await this.#save();
  }

  async add(...messages: readonly ModelMessage[]): Promise<void> {
    this.#messages.push(...messages);
    await this.#save();
  }

  /** Answers what the model had asked for before its task changed, so that other words can follow. */
  async leaveOpenCalls(): Promise<void> {
    const left = this.openCalls.map((call) => {
      const record = this.call(call.toolCallId);
      if (record?.status === "finished") return { call, text: record.text };
      const text = record?.status === "started" ? "interrupted: it may have done part of its work." : "not run.";
      return { call, text: `${text} The task has changed.` };
    });
    if (left.length > 0) await this.answer(left);
  }

  /** Gives the model the results of its calls, in the order in which it made them. */
  async answer(results: readonly { call: ToolCallPart; text: string }[]): Promise<void> {
    const content = results.map<ToolResultPart>(({ call: { toolCallId, toolName }, text }) => ({
      type: "tool-result",
      toolCallId,
      toolName,
      output: { type: "text", value: text },
    }));
    await this.add({ role: "tool", content });
  }

  /** Calls of parallel worktrees save in turn; each save holds everything there is. */
  #save(): Promise<void> {
    this.#saved = this.#saved.then(async () => {
      const fresh = `${this.#path}.new`;
      await writeFile(fresh, JSON.stringify({ messages: this.#messages, calls: this.#calls }), {
        mode: 0o600,
        flush: true,
      });
      await rename(fresh, this.#path);
    });
    return this.#saved;
  }
}

function toolCalls(message: ModelMessage | undefined): ToolCallPart[] {
  if (message?.role !== "assistant" || typeof message.content === "string") return [];
  return message.content.filter((part) => part.type === "tool-call");
}

function resultIds(message: ModelMessage): string[] {
  if (message.role !== "tool") return [];
  return message.content.filter((part) => part.type === "tool-result").map(({ toolCallId }) => toolCallId);
}

function emptyIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT")
    throw new AppError("internal", "The saved conversation could not be read.", { cause: error });
}
