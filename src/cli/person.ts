import { userInfo } from "node:os";
import type { Person } from "../core/task.ts";

/** Who sits at this terminal, as the operating system knows them. */
export function thisPerson(): Person {
  const { uid, username } = userInfo();
  return { kind: "terminal", id: String(uid), name: username };
}
