import type { User } from "grammy/types";
import { type Config, type Role, roleOf } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import type { Person } from "../core/task.ts";

/** Somebody who wrote or tapped, and what they may do here. */
export interface Sender {
  readonly id: number;
  readonly role: Role;
  readonly person: Person;
}

/** The one place where it is decided who somebody is: for messages and for every button alike. */
export function identify(config: Config, user: User): Sender {
  const name = [user.first_name, user.last_name].filter(Boolean).join(" ") || user.username || String(user.id);
  return { id: user.id, role: roleOf(config, user.id), person: { kind: "telegram", id: String(user.id), name } };
}

/** A bot that everybody may use is a bot that everybody may make run commands on this machine. */
export function requireAllowlist({ access }: Config): void {
  const allowed = [...access.owners, ...access.approvers, ...access.members, ...access.viewers];
  if (allowed.length > 0) return;
  const remedy =
    "Write your Telegram user id under access.owners in chargehand.yaml, " +
    "or set TELEGRAM_ALLOWED_USERS. @userinfobot tells you the id.";
  throw new AppError("bad-config", "Nobody may use the bot yet.", { remedy });
}

export function refusal(userId: number): string {
  return (
    "This bot works only for the people its owner has named. If you should be one of them, " +
    `give the owner your Telegram user id: ${userId}`
  );
}
