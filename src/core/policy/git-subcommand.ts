import type { Arguments, OptionTable } from "./options.ts";
import type { Outcome } from "./outcome.ts";
import type { Place } from "./place.ts";
import type { RuleId } from "./rules.ts";

/** How the policy sees one subcommand of git: mostly data, with a judge where the operands decide. */
export interface Subcommand {
  /** Whatever changes files, refs or the repository is kept out of main. */
  readonly effect: "reads" | "changes";
  readonly options: OptionTable;
  /** `names` of commits, branches and tags; `mixed`, revisions and paths; `own`, which only its judge can read. */
  readonly operands: "none" | "names" | "mixed" | "own";
  /** Options that a person must approve; without options, the subcommand itself. */
  readonly asks?: readonly { readonly options?: string; readonly because: string }[];
  /** One of these options has to be there. */
  readonly needs?: { readonly options: string; readonly because: string };
  /** Whether a changing subcommand only lists when it is given so. */
  readonly lists?: (args: Arguments) => boolean;
  /** Options that we add when it starts, against drivers that a repository's attributes name. */
  readonly adds?: readonly string[];
  /** The same, but behind the options that it was given, which it takes back. */
  readonly addsLast?: readonly string[];
  readonly judge?: (args: Arguments, place: Place) => Outcome | undefined;
  /** The rule it falls under, where that is neither G4 nor, for what asks, G5. */
  readonly rule?: RuleId;
}
