import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { AppError } from "../../core/error.ts";

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** Splits the words after the program into options and the rest. An option nobody has heard of is refused. */
export function readOptions(
  words: readonly string[],
  options: ParseArgsOptionsConfig,
): { readonly values: Values; readonly rest: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    return { values, rest: positionals };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("bad-input", `The engine's command is not understood: ${reason}`, { cause });
  }
}

export function textOption(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** Writes these options again, in the order of the names; those that were not given are left out. */
export function writeOptions(values: Values, names: readonly string[]): string[] {
  return names
    .flatMap((name) =>
      [values[name] ?? []].flat().map((value) => (value === true ? [`--${name}`] : [`--${name}`, String(value)])),
    )
    .flat();
}

/** The prompt is the one word that is left; engines take no second one. */
export function onlyPrompt(words: readonly string[], form: string): string {
  const [prompt] = words;
  if (words.length === 1 && prompt !== undefined && prompt.trim() !== "") return prompt;
  throw new AppError("bad-input", `Give the engine one quoted prompt: ${form}`);
}
