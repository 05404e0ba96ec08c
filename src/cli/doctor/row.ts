import { sentenceOf } from "../../core/error.ts";

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

/** A named failure's sentence already ends with its remedy, and may begin with what the row's name says. */
export function failedBy(name: string, error: unknown, prefix = ""): DoctorRow {
  const sentence = sentenceOf(error).sentence.replace(prefix, "");
  const [, detail = sentence, remedy = ""] = /^(.*?[.:]) ([A-Z].*)$/s.exec(sentence) ?? [];
  return failed(name, detail, remedy);
}
