import { AppError, sentenceOf } from "../../core/error.ts";

/** One line of the doctor's report. */
export type DoctorRow =
  | { readonly name: string; readonly state: "ok"; readonly detail: string }
  /** `warning`: Chargehand runs, but without something. `failed`: it does not do its work. */
  | { readonly name: string; readonly state: "warning" | "failed"; readonly detail: string; readonly remedy: string };

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
