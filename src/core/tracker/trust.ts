import type { TrackerUser } from "../tracker.ts";
import type { TrackerConfig } from "../tracker-config.ts";

/** Whether somebody's issues and labels count. Nobody known is nobody trusted. */
export function isTrusted(user: TrackerUser | null, { associations, users }: TrackerConfig["trust"]): boolean {
  if (user === null) return false;
  return users.includes(user.id) || (user.association !== null && associations.includes(folded(user.association)));
}

function folded(association: string): string {
  return association.trim().toLowerCase();
}
