import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRedactor } from "../src/platform/secrets/redactor.ts";
import { interleave, median } from "./interleave.ts";
import type { Bench } from "./row.ts";

const size = 10_000_000;
const chunkSize = 65_536;

/** What many projects hand to grep to find tokens; our rules are more. */
const expressions = [
  "sk-[A-Za-z0-9_-]{20,}",
  "gh[pousr]_[A-Za-z0-9]{36}",
  "github_pat_[A-Za-z0-9_]{22,}",
  "glpat-[A-Za-z0-9_-]{20}",
  "A(KIA|SIA)[A-Z2-7]{16}",
  "AIza[A-Za-z0-9_-]{35}",
  "xox[bparse]-[A-Za-z0-9-]{10,}",
  "[sr]k_(live|test)_[A-Za-z0-9]{10,}",
  "npm_[A-Za-z0-9]{36}",
  "[0-9]{6,12}:AA[A-Za-z0-9_-]{33}",
  "eyJ[A-Za-z0-9_-]{10,}\\.eyJ",
  "-----BEGIN [A-Z ]*PRIVATE KEY",
  "(password|secret|token|api_key)[\"']?[[:space:]]*[:=][[:space:]]*[\"'][^\"']{12,}",
  "://[^/[:space:]:@]*:[^/[:space:]:@]+@",
].join("|");

/** P-16: looking for secrets in ten megabytes of code, beside grep looking for a part of them. */
export const bench: Bench = async () => {
  const code = someCode();
  const file = join(tmpdir(), `chargehand-bench-${process.pid}.txt`);
  await writeFile(file, code);
  const redactor = createRedactor({ values: ["a-secret-of-ours-1", "another-secret-2"] });
  const ticks: number[] = [];
  const cost = await interleave(
    {
      ours: () => {
        const stream = redactor.stream();
        for (let at = 0; at < code.length; at += chunkSize) {
          // Of this thread, so that it is not the wait for a busy machine that is measured.
          const before = process.threadCpuUsage();
          stream.push(code.subarray(at, at + chunkSize));
          ticks.push(process.threadCpuUsage(before).user / 1_000);
        }
        stream.end();
      },
      grep: async () => {
        await once(
          spawn("grep", ["-cE", expressions, file], { stdio: "ignore", env: { LC_ALL: "C", PATH: "/usr/bin:/bin" } }),
          "close",
        );
      },
    },
    { rounds: 25, warmUp: 5 },
  );
  await rm(file);
  return [
    {
      id: "P-16",
      name: "looking for secrets in 10 MB",
      unit: "ms",
      ours: median(cost.ours),
      baseline: { name: "grep -E", value: median(cost.grep) },
      target: { ratio: 1 },
    },
    { id: "P-16", name: "longest time for one chunk", unit: "ms", ours: Math.max(...ticks), target: { value: 20 } },
  ];
};

/** Written by people, not generated: what an agent prints most. */
function someCode(): Buffer {
  const modules = new URL("../node_modules/", import.meta.url);
  const files = globSync("{zod,ai,grammy,bullmq}/**/*.{js,ts,md}", { cwd: modules }).sort();
  const code = Buffer.concat(files.map((file) => readFileSync(new URL(file, modules))));
  return Buffer.concat(Array.from({ length: Math.ceil(size / code.length) }, () => code)).subarray(0, size);
}

if (import.meta.main) console.table(await bench());
