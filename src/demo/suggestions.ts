/** A task the demo knows how to play, and how to tell it from what a person typed in words of their own. */
export interface Suggestion {
  readonly text: string;
  readonly matches: RegExp;
}

/** What the demo offers, each showing one more thing than the one before it. */
export const suggestions = {
  /** The straight way: work, proof, merge. */
  rounding: {
    text: "Fix the failing test: a discount must give whole cents",
    matches: /whole cents|round|discount|failing test|fix.*(test|bug)/i,
  },
  /** The orchestrator claims what is not so; the harness finds out and sends it back. */
  voucher: {
    text: "Add a voucher code WELCOME that takes 10 % off",
    matches: /voucher|coupon/i,
  },
  /** A command that deletes files asks a person first. */
  readme: {
    text: "Write a README",
    matches: /read ?me|document/i,
  },
} as const satisfies Record<string, Suggestion>;
