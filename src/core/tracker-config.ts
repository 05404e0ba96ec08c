import { z } from "zod";
import { Duration } from "./duration.ts";
import { ProjectName } from "./task.ts";

export const TrackerKind = z.enum(["github", "linear", "gitlab", "jira"]);
export type TrackerKind = z.infer<typeof TrackerKind>;

/** What the host puts on an issue to say how far it is. */
const Mark = z.strictObject({ state: z.string().trim().min(1), label: z.string().trim().min(1) }).partial();
export type Mark = z.infer<typeof Mark>;

/** States and words as each tracker has them by default. People say otherwise where their own workflow differs. */
const profiles: Record<TrackerKind, Profile> = {
  github: {
    ...{ activeStates: ["open"], terminalStates: ["closed"] },
    ...{ inProgress: { label: "in progress" }, handoff: { label: "for review" } },
    associations: ["owner", "member", "collaborator"],
  },
  gitlab: {
    ...{ activeStates: ["opened"], terminalStates: ["closed"] },
    ...{ inProgress: { label: "in progress" }, handoff: { label: "for review" } },
    associations: ["owner", "maintainer", "developer"],
  },
  linear: {
    ...{ activeStates: ["Todo", "In Progress"], terminalStates: ["Done", "Canceled", "Duplicate"] },
    ...{ inProgress: { state: "In Progress" }, handoff: { state: "In Review" } },
    associations: ["owner", "admin", "member"],
  },
  jira: {
    ...{ activeStates: ["To Do", "In Progress"], terminalStates: ["Done"] },
    ...{ inProgress: { state: "In Progress" }, handoff: { state: "In Review" } },
    associations: [],
  },
};

interface Profile {
  readonly activeStates: readonly string[];
  readonly terminalStates: readonly string[];
  readonly inProgress: Mark;
  readonly handoff: Mark;
  readonly associations: readonly string[];
}

const states = z.array(z.string().trim().min(1)).min(1);
const place = z.int().min(1).max(64);

/** A tracker whose labelled issues become jobs of one project. */
export const TrackerConfig = z
  .strictObject({
    kind: TrackerKind,
    project: ProjectName,
    /** Where the issues are, in the adapter's own keys. The adapter refuses what it does not know. */
    provider: z.record(z.string(), z.json()).default({}),
    token: z
      .string({ error: "must name the environment variable that holds the token: GITHUB_TOKEN" })
      .regex(
        /^[A-Z][A-Z0-9_]*$/,
        "must name an environment variable, as in GITHUB_TOKEN, and never hold the token itself",
      ),
    /** All of them must be on an issue, each set by somebody who is trusted. */
    requiredLabels: z.array(z.string().trim().min(1)).min(1).default(["chargehand"]),
    activeStates: states.optional(),
    terminalStates: states.optional(),
    /** Whose issues and labels count: what they are to the project, in the tracker's word, or who they are, by id. */
    trust: z
      .strictObject({
        associations: z.array(z.string().trim().toLowerCase().min(1)),
        users: z.array(z.string().min(1)),
      })
      .partial()
      .default({}),
    pollInterval: Duration.refine((ms) => ms >= 1_000, "must be at least 1s").default(30_000),
    limits: z
      .strictObject({
        /** How many of its issues are worked on at the same time, in all and of those in one state. */
        concurrent: place.default(4),
        perState: z.record(z.string().trim().toLowerCase().min(1), place).default({}),
      })
      .prefault({}),
    /** How many jobs one issue may become, retries included, before a person has to look. */
    maxSessions: z.int().min(1).max(100).default(3),
    maxRetryBackoff: Duration.default(5 * 60_000),
    inProgress: Mark.optional(),
    handoff: Mark.optional(),
  })
  .transform(({ activeStates, terminalStates, trust, inProgress, handoff, ...written }) => {
    const profile = profiles[written.kind];
    return {
      ...written,
      activeStates: activeStates ?? [...profile.activeStates],
      terminalStates: terminalStates ?? [...profile.terminalStates],
      trust: { associations: trust.associations ?? [...profile.associations], users: trust.users ?? [] },
      inProgress: inProgress ?? profile.inProgress,
      handoff: handoff ?? profile.handoff,
    };
  })
  .superRefine(({ activeStates, terminalStates, trust, inProgress, handoff }, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    const both = activeStates.find((state) => hasState(terminalStates, state));
    if (both !== undefined) refuse(["terminalStates"], `name "${both}", which is an active state too; leave it in one`);
    if (inProgress.state !== undefined && !hasState(activeStates, inProgress.state))
      refuse(["inProgress", "state"], "is no active state, so the job would stop at once; add it to activeStates");
    if (handoff.state !== undefined && hasState(activeStates, handoff.state))
      refuse(["handoff", "state"], "is an active state, so the issue would be taken again; name another state");
    if (trust.associations.length + trust.users.length === 0)
      refuse(["trust"], "trusts nobody, so no issue would be taken; list users by id, or associations");
  });
export type TrackerConfig = z.infer<typeof TrackerConfig>;

/** The name that logs, requests and keys in Redis have for a tracker. */
export const TrackerName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

/** States are compared without case or surrounding space. */
export function hasState(states: readonly string[], state: string): boolean {
  return states.some((known) => known.trim().toLowerCase() === state.trim().toLowerCase());
}
