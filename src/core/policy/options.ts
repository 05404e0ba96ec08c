import { quote } from "../command-display.ts";
/** The options a command takes, each by its exact name. Whatever is not here is denied. */
export interface OptionTable {
  /** `--stat`, `-p`: stands alone. */
  readonly flags: ReadonlySet<string>;
  /** `--color` or `--color=always`, `-M` or `-M90`: the next word is never its value. */
  readonly optional: ReadonlySet<string>;
  /** `--since=x` or `--since x`, `-n5` or `-n 5`. A next word that begins with a dash is refused: programs disagree. */
  readonly valued: ReadonlySet<string>;
  /** Like `valued`, but the program takes the next word whatever it is: messages and patterns. */
  readonly text: ReadonlySet<string>;
  /** Only `--format=x`: the program would not take the next word. */
  readonly joined: ReadonlySet<string>;
  /** `-5`. */
  readonly count: boolean;
  /** Whether `-ab` means `-a -b`, and `-n5` means `-n 5`: so it is unless said otherwise. */
  readonly clusters: boolean;
}

interface OptionNames {
  readonly flags?: string;
  readonly optional?: string;
  readonly valued?: string;
  readonly text?: string;
  readonly joined?: string;
  readonly count?: boolean;
  readonly clusters?: boolean;
}

/** Builds a table from names between blanks, on top of other tables. */
export function options(names: OptionNames, ...bases: readonly OptionTable[]): OptionTable {
  const named = (kind: "flags" | "optional" | "valued" | "text" | "joined") =>
    new Set([...bases.flatMap((base) => [...base[kind]]), ...(names[kind]?.split(" ") ?? [])]);
  return {
    flags: named("flags"),
    optional: named("optional"),
    valued: named("valued"),
    text: named("text"),
    joined: named("joined"),
    count: names.count ?? bases.some((base) => base.count),
    clusters: names.clusters ?? bases.every((base) => base.clusters),
  };
}

export interface GivenOption {
  readonly name: string;
  readonly value?: string;
}

/** The words behind a program or subcommand, told apart. */
export interface Arguments {
  readonly options: readonly GivenOption[];
  /** Words that are no options, before `--`. */
  readonly operands: readonly string[];
  /** The words behind `--`, if it was given. */
  readonly rest?: readonly string[];
}

/** A word that no table explains. */
export interface OptionProblem {
  readonly problem: string;
  readonly advice: string;
}

/** Tells options from operands. With `stopAtOperand` everything behind the first operand is the operand's own. */
export function readOptions(
  table: OptionTable,
  words: readonly string[],
  { stopAtOperand = false } = {},
): Arguments | OptionProblem {
  const given: GivenOption[] = [];
  const operands: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") return { options: given, operands, rest: words.slice(at + 1) };
    if (!isOption(word)) {
      if (stopAtOperand) return { options: given, operands: words.slice(at) };
      operands.push(word);
      continue;
    }
    const read = readOption(table, word, words[at + 1]);
    if ("problem" in read) return read;
    given.push(...read.options);
    if (read.tookNext) at += 1;
  }
  return { options: given, operands };
}

export function isOption(word: string): boolean {
  return word.length > 1 && word.startsWith("-");
}

interface ReadOption {
  readonly options: readonly GivenOption[];
  readonly tookNext: boolean;
}

function readOption(table: OptionTable, word: string, next: string | undefined): ReadOption | OptionProblem {
  if (table.flags.has(word) || table.optional.has(word)) return { options: [{ name: word }], tookNext: false };
  if (table.count && /^-\d+$/.test(word))
    return { options: [{ name: "-<number>", value: word.slice(1) }], tookNext: false };
  if (table.valued.has(word) || table.text.has(word)) return takeNext(table, [], word, next);
  const [, name = "", value = ""] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  if ([table.optional, table.valued, table.text, table.joined].some((names) => names.has(name))) {
    return { options: [{ name, value }], tookNext: false };
  }
  if (table.clusters && !word.startsWith("--")) return readCluster(table, word, next);
  return unlisted(table, word);
}

/** `-amtext`: flags, then at most one option with a value. */
function readCluster(table: OptionTable, word: string, next: string | undefined): ReadOption | OptionProblem {
  const flags: GivenOption[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const name = `-${word[at]}`;
    const value = word.slice(at + 1);
    if (table.flags.has(name)) {
      flags.push({ name });
    } else if (table.optional.has(name)) {
      return { options: [...flags, value === "" ? { name } : { name, value }], tookNext: false };
    } else if (table.valued.has(name) || table.text.has(name)) {
      if (value === "") return takeNext(table, flags, name, next);
      return { options: [...flags, { name, value }], tookNext: false };
    } else {
      return unlisted(table, word);
    }
  }
  return { options: flags, tookNext: false };
}

function takeNext(
  table: OptionTable,
  before: readonly GivenOption[],
  name: string,
  next: string | undefined,
): ReadOption | OptionProblem {
  if (next === undefined) return { problem: `${name} lacks its value.`, advice: `Write a value behind ${name}.` };
  if (next.startsWith("-") && !table.text.has(name)) {
    return {
      problem: `The value of ${name} begins with a dash.`,
      advice: `Join it to the option if it is meant: ${name}=…`,
    };
  }
  return { options: [...before, { name, value: next }], tookNext: true };
}

function unlisted(table: OptionTable, word: string): OptionProblem {
  const name = word.split("=", 1)[0] ?? word;
  if (table.joined.has(word)) return { problem: `${word} lacks its value.`, advice: `Write ${word}=…, in one word.` };
  const whole = name.startsWith("--") ? completions(table, name) : [];
  return {
    problem: `${quote(name)} is not a listed option.`,
    advice:
      whole.length > 0
        ? `Write a whole name: ${whole.join(", ")}.`
        : "Leave the option out, or reach the goal another way.",
  };
}

function completions(table: OptionTable, start: string): string[] {
  const names = [table.flags, table.optional, table.valued, table.text, table.joined].flatMap((set) => [...set]);
  return [...new Set(names)].filter((name) => name.startsWith(start) && name !== start);
}

/** Whether one of these options (names between blanks) was given. */
export function has(args: Arguments, names: string): boolean {
  const wanted = names.split(" ");
  return args.options.some(({ name }) => wanted.includes(name));
}

/** The values given to these options, in order. */
export function valuesOf(args: Arguments, names: string): string[] {
  const wanted = names.split(" ");
  return args.options.flatMap(({ name, value }) => (wanted.includes(name) && value !== undefined ? [value] : []));
}

/** Operands on both sides of `--`. */
export function allOperands({ operands, rest = [] }: Arguments): readonly string[] {
  return [...operands, ...rest];
}
