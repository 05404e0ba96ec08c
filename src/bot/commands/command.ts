/** What Telegram's menu offers. */
export const commandList = [
  { command: "new", description: "Order a job: /new shop: fix the typo in README" },
  { command: "jobs", description: "The latest jobs" },
  { command: "status", description: "How a job stands: /status x7k2" },
  { command: "diff", description: "What a job changed: /diff x7k2" },
  { command: "cancel", description: "Stop a job: /cancel x7k2" },
  { command: "projects", description: "Where jobs can be done" },
  { command: "help", description: "How this works" },
] as const;

/** What a message asks for. Whatever is no command is an order. */
export type Command =
  | { readonly type: "start" | "help" | "jobs" | "projects" }
  | { readonly type: "status" | "cancel" | "diff"; readonly job: string }
  | { readonly type: "order"; readonly text: string }
  | { readonly type: "unknown"; readonly name: string };

export function readCommand(text: string): Command {
  const [, name, rest = ""] = /^\/([A-Za-z0-9_]+)(?:@\w+)?(?:\s+([\s\S]*))?$/.exec(text.trim()) ?? [];
  switch (name?.toLowerCase()) {
    case undefined:
      return { type: "order", text: text.trim() };
    case "new":
      return { type: "order", text: rest.trim() };
    case "start":
      return { type: "start" };
    case "help":
      return { type: "help" };
    case "jobs":
      return { type: "jobs" };
    case "projects":
      return { type: "projects" };
    case "status":
      return { type: "status", job: rest.trim() };
    case "cancel":
      return { type: "cancel", job: rest.trim() };
    case "diff":
      return { type: "diff", job: rest.trim() };
    default:
      return { type: "unknown", name: name ?? "" };
  }
}
