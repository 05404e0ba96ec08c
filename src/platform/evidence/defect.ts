import { z } from "zod";

/** One thing in a bundle that is not as it must be: where, and a sentence. */
export const Defect = z.object({ file: z.string(), line: z.number().int().optional(), sentence: z.string() });
export type Defect = Readonly<z.infer<typeof Defect>>;
