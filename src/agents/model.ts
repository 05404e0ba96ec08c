import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, createProviderRegistry, type LanguageModel, NoSuchModelError, RetryError } from "ai";
import { AppError } from "../core/error.ts";

export type { LanguageModel };

/** Keys and addresses of the providers, as the environment gives them. */
export interface ModelAccess {
  readonly openaiApiKey?: string | undefined;
  readonly openaiBaseUrl?: string | undefined;
  readonly anthropicApiKey?: string | undefined;
  readonly anthropicBaseUrl?: string | undefined;
}

/**
 * The model a `provider/model` string names: `openai/…` (Responses API), `anthropic/…`, or `compatible/…` for any
 * server that speaks Chat Completions at OPENAI_BASE_URL.
 */
export function findModel(name: string, access: ModelAccess): LanguageModel {
  const openai = { ...(access.openaiBaseUrl && { baseURL: access.openaiBaseUrl }), apiKey: access.openaiApiKey ?? "" };
  const anthropic = {
    ...(access.anthropicBaseUrl && { baseURL: access.anthropicBaseUrl }),
    apiKey: access.anthropicApiKey ?? "",
  };
  const registry = createProviderRegistry(
    {
      openai: createOpenAI(openai),
      anthropic: createAnthropic(anthropic),
      compatible: createOpenAICompatible({
        name: "compatible",
        baseURL: openai.baseURL ?? "http://127.0.0.1:11434/v1",
        apiKey: openai.apiKey,
      }),
    },
    { separator: "/" },
  );
  try {
    return registry.languageModel(name as `openai/${string}`);
  } catch (cause) {
    if (!NoSuchModelError.isInstance(cause)) throw cause;
    throw new AppError(
      "bad-config",
      `No provider is known for the model "${name}". Write openai/…, anthropic/… or compatible/….`,
      { cause },
    );
  }
}

/** What has to be set before this model can be asked, as a sentence; nothing when all is there. Nothing is sent. */
export function missingAccess(name: string, access: ModelAccess): string | undefined {
  const provider = name.split("/")[0];
  if (provider === "openai" && !(access.openaiApiKey ?? access.openaiBaseUrl)) return "Set OPENAI_API_KEY.";
  if (provider === "anthropic" && !(access.anthropicApiKey ?? access.anthropicBaseUrl)) return "Set ANTHROPIC_API_KEY.";
  if (provider === "compatible" && !access.openaiBaseUrl) return "Set OPENAI_BASE_URL to the address of its server.";
  return undefined;
}

/** What a failed model call means to a person. */
export function modelFailure(cause: unknown): AppError {
  const error = RetryError.isInstance(cause) ? cause.lastError : cause;
  if (!APICallError.isInstance(error)) {
    return new AppError("model-garbage", "The model's answer could not be read. The log has what it sent.", { cause });
  }
  const { statusCode } = error;
  if (statusCode === 401 || statusCode === 403) {
    return new AppError(
      "model-refused",
      `The model's provider refused the key (${statusCode}). Check OPENAI_API_KEY or ANTHROPIC_API_KEY.`,
      { cause },
    );
  }
  if (statusCode === 429) {
    return new AppError(
      "model-unavailable",
      "The model's provider says: too many requests (429). Try again later or raise the quota.",
      { cause },
    );
  }
  if (statusCode === undefined) {
    return new AppError(
      "model-unavailable",
      "The model's provider could not be reached. Check the network and OPENAI_BASE_URL.",
      { cause },
    );
  }
  if (statusCode >= 500) {
    return new AppError("model-unavailable", `The model's provider is failing (${statusCode}). Try again later.`, {
      cause,
    });
  }
  if (statusCode === 200) {
    return new AppError("model-garbage", "The model's answer could not be read. The log has what it sent.", { cause });
  }
  return new AppError(
    "model-refused",
    `The model's provider refused the request (${statusCode}). The log has its words.`,
    { cause },
  );
}
