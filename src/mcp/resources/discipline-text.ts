import { type Config, checksOf, type Project } from "../../core/config.ts";
import { formatDuration } from "../../core/duration.ts";

/** What Chargehand demands of work on a project, from the configuration in force, for an agent that orders some. */
export function disciplineOf(name: string, project: Project, config: Config): string {
  return [
    `# What is demanded of work on ${name}`,
    "Nothing is called done because an agent said so. The files are taken by a harness that trusts no agent, checked in a fresh checkout, and judged by what was measured.",
    section("Checks", checkLines(project)),
    section("Files", scopeLines(project)),
    section("Commands", commandLines(config)),
    section("Limits", limitLines(config)),
    section("Approval", approvalLines(config, project)),
  ].join("\n\n");
}

function section(title: string, lines: readonly string[]): string {
  return [`## ${title}`, "", ...lines.map((line) => `- ${line}`)].join("\n");
}

function checkLines(project: Project): string[] {
  const checks = checksOf(project);
  if (checks.length === 0) return ["There are none, so no change can be accepted."];
  return [
    ...checks.map(({ label, category, cmd }) => `${label} (${category}): \`${cmd}\``),
    "Each has to exit with 0. What was red on the base may stay red, but not get worse.",
    "Test files that a change touches are run as they were, too: what passed before has to pass still.",
    ...(project.heldOut === undefined ? [] : ["There are checks besides these that no agent sees."]),
  ];
}

function scopeLines({ scope, checkConfig }: Project): string[] {
  const list = (patterns: readonly string[]) => patterns.map((it) => `\`${it}\``).join(", ");
  return [
    `May be changed: ${list(scope.allow)}${scope.deny.length === 0 ? "" : `, but not ${list(scope.deny)}`}.`,
    checkConfig === "allow"
      ? "The configuration of the checks may be changed."
      : `The configuration of the checks may not be changed${scope.allowCheckConfig.length === 0 ? "" : `, but for ${list(scope.allowCheckConfig)}`}.`,
  ];
}

function commandLines({ policy, sandbox }: Config): string[] {
  const rules = Object.entries(policy).map(([command, rule]) => `\`${command}\`: ${JSON.stringify(rule)}`);
  return [
    "Each command passes a policy that allows it, denies it, or asks a person; nothing is ever pushed.",
    sandbox === "off" ? "No sandbox: commands that run code ask a person." : "Whatever runs, runs in a sandbox.",
    ...rules,
  ];
}

function limitLines({ limits }: Config): string[] {
  return [
    `${limits.maxIterations} attempts at most; red checks go back to work as facts.`,
    `A command may take ${formatDuration(limits.commandTimeout)}; an engine may be silent for ${formatDuration(limits.stall)}.`,
    `A question waits for ${formatDuration(limits.approvalTtl)}.`,
  ];
}

function approvalLines({ mcp }: Config, { main }: Project): string[] {
  const may = mcp.mayApprove.length === 0 ? "neither a command nor a merge" : mcp.mayApprove.join(" and ");
  return [`\`${main}\` moves by a person's word only, once, as a merge commit.`, `An agent may approve here: ${may}.`];
}
