import { z } from "zod";

/** The port that is listened on unless another is named. */
export const usualHttpPort = 8642;

/** How programs reach Chargehand. Whoever may change anything has the token, which stands in the environment. */
export const HttpConfig = z.strictObject({
  /** The address to listen on. Any that other machines can reach needs a token, also for whoever only looks. */
  host: z
    .union([z.ipv4(), z.ipv6(), z.literal("localhost")], "write an address of this machine: 127.0.0.1, ::1 or 0.0.0.0")
    .default("127.0.0.1"),
  /** 0 takes any free port, and the log says which. */
  port: z.number().int().min(0).max(65_535).default(usualHttpPort),
  /** Where others reach this server through a proxy or a tunnel: `https://chargehand.example.com`. */
  publicUrl: z
    .url({ protocol: /^https?$/, error: "write an address that begins with https:// or http://" })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
});
export type HttpConfig = z.infer<typeof HttpConfig>;
