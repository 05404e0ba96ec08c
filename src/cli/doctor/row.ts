import { z } from "zod";
import { AppError, sentenceOf } from "../../core/error.ts";

/** One line of the doctor's report. */
export const DoctorRow = z.discriminatedUnion("state", [
  z.object({ name: z.string(), state: z.literal("ok"), detail: z.string() }),
  /** `warning`: Chargehand runs, but without something. `failed`: it does not do its work. */
  z.object({ name: z.string(), state: z.enum(["warning", "failed"]), detail: z.string(), remedy: z.string() }),
]);
export type DoctorRow = Readonly<z.infer<typeof DoctorRow>>;

export function ok(name: string, detail: string): DoctorRow {
  return { name, state: "ok", detail };
}

export function warning(name: string, detail: string, remedy: string): DoctorRow {
  return { name, state: "warning", detail, remedy };
}

export function failed(name: string, detail: string, remedy: string): DoctorRow {
  return { name, state: "failed", detail, remedy };
}

export interface FailedByOptions {
  /** What the sentence may begin with and the row's name says already. */
  readonly prefix?: string;
  /** For a failure whose sentence does not tell its remedy apart. */
  readonly remedy: string;
}

/** A row for a failure, or several where it lists what is wrong line by line. */
export function failedBy(name: string, error: unknown, { prefix = "", remedy }: FailedByOptions): DoctorRow[] {
  const told = error instanceof AppError ? error : { problem: sentenceOf(error).sentence, remedy: undefined };
  return told.problem.split("\n").map((line) => failed(name, line.replace(prefix, ""), told.remedy ?? remedy));
}
