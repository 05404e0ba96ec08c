import { z } from "zod";
import { flawOfCheck } from "./check-command.ts";
import type { CheckCategory } from "./measurement.ts";

const label = z.string().min(1).max(60);

/** A check that somebody declares: one command, without a shell, that passes by exiting 0 (and by proving that it ran). */
export const DeclaredCheck = z.strictObject({
  label,
  cmd: z
    .string()
    .min(1)
    .superRefine((cmd, context) => {
      const flaw = flawOfCheck({ cmd });
      if (flaw !== undefined) context.addIssue({ code: "custom", message: `is no check: ${flaw}` });
    }),
});
export type DeclaredCheck = z.infer<typeof DeclaredCheck>;

/** A check with its kind, and whether it comes from the order rather than from the project. */
export type PlannedCheck = DeclaredCheck & { readonly category: CheckCategory; readonly tier?: "order" };

/**
 * An order's own check as it travels and is kept. Whether it is one was asked at the door and is asked again before it
 * runs: what is no check by a later rule must not make an old ledger unreadable.
 */
export const OrderedCheck = z.strictObject({ label, cmd: z.string().min(1).max(1_000) });
export type OrderedCheck = z.infer<typeof OrderedCheck>;

export const maxOrderedChecks = 10;

/** An order's own checks as somebody writes them: a command alone is its own label. */
export const WrittenChecks = z
  .array(
    z.preprocess(
      (written) => (typeof written === "string" ? { label: written.slice(0, 60), cmd: written } : written),
      DeclaredCheck.safeExtend({ cmd: DeclaredCheck.shape.cmd.max(1_000) }),
    ),
  )
  .max(maxOrderedChecks)
  .refine((checks) => new Set(checks.map((check) => check.label)).size === checks.length, {
    message: "two of them have the same label",
  });

/**
 * The first tier: what an order wants to see pass. It is measured like a project's test, and unlike one it must be green:
 * that it was red before is no excuse.
 */
export function orderedChecks(order: { readonly validation?: readonly OrderedCheck[] | undefined }): PlannedCheck[] {
  const plan = ({ label: own, cmd }: OrderedCheck) =>
    ({ label: `order: ${own}`, cmd, category: "test", tier: "order" }) as const;
  return (order.validation ?? []).map(plan);
}
