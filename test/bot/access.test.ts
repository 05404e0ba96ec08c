import { expect, test } from "vitest";
import { identify, requireAllowlist } from "../../src/bot/access.ts";
import { Config } from "../../src/core/config.ts";

test("BOT-11 TG-52 an empty allowlist refuses to start and says what to write", () => {
  const attempt = () => requireAllowlist(Config.parse({ projects: {} }));

  expect(attempt).toThrow(expect.objectContaining({ code: "bad-config" }));
  expect(attempt).toThrow(/access\.owners in chargehand\.yaml, or set TELEGRAM_ALLOWED_USERS/);
});

test("BOT-11 one viewer is enough of an allowlist", () => {
  expect(() => requireAllowlist(Config.parse({ projects: {}, access: { viewers: [7] } }))).not.toThrow();
});

test("BOT-11 somebody is who the configuration says, whatever they call themselves", () => {
  const config = Config.parse({ projects: {}, access: { owners: [1], approvers: [2] } });
  const user = (id: number) => ({ id, is_bot: false, first_name: "Ann", last_name: "Lee" });

  expect(identify(config, user(1))).toEqual({
    id: 1,
    role: "owner",
    person: { kind: "telegram", id: "1", name: "Ann Lee" },
  });
  expect(identify(config, user(2)).role).toBe("approver");
  expect(identify(config, user(3)).role).toBe("stranger");
});
