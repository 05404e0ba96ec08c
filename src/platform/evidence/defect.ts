/** One thing in a bundle that is not as it must be: where, and a sentence. */
export interface Defect {
  readonly file: string;
  readonly line?: number;
  readonly sentence: string;
}
