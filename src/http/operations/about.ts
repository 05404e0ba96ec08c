import { z } from "zod";
import { CheckCategory } from "../../core/measurement.ts";
import { ProjectName } from "../../core/task.ts";
import { Health } from "../health-desk.ts";
import { Metrics } from "../metrics/metrics.ts";
import { operation } from "../operation.ts";

export const showDocument = operation({
  id: "showDocument",
  method: "GET",
  path: "/openapi.json",
  summary: "This document.",
  access: "anyone",
  usesRedis: false,
  answers: { 200: { description: "In OpenAPI 3.1.", schema: z.looseObject({ openapi: z.string() }) } },
  handle: ({ document }) => Response.json(document),
});

const Project = z
  .strictObject({
    name: ProjectName,
    main: z.string().meta({ description: "The branch that accepted work is merged into." }),
    checks: z.array(z.strictObject({ category: CheckCategory, label: z.string() })),
    engine: z.string().optional(),
  })
  .meta({ id: "Project" });

export const listProjects = operation({
  id: "listProjects",
  method: "GET",
  path: "/api/projects",
  summary: "The projects that jobs can be ordered for.",
  access: "look",
  usesRedis: false,
  answers: {
    200: {
      description: "All of them.",
      schema: z.strictObject({ projects: z.array(Project) }).meta({ id: "Projects" }),
    },
  },
  handle: ({ projects }) => Response.json({ projects }),
});

export const showHealth = operation({
  id: "showHealth",
  method: "GET",
  path: "/health",
  summary: "Whether what is ordered now would be worked on.",
  access: "anyone",
  usesRedis: false,
  answers: {
    200: { description: "Redis answers, and a daemon is at work.", schema: Health },
    503: { description: "Redis is away, or no daemon is at work.", schema: Health },
  },
  async handle({ health }) {
    const now = await health.look();
    return Response.json(now, { status: now.status === "ok" ? 200 : 503 });
  },
});

export const showMetrics = operation({
  id: "showMetrics",
  method: "GET",
  path: "/metrics",
  summary: "Jobs, queues, verdicts, questions and what was spent, for Prometheus.",
  access: "look",
  usesRedis: true,
  answers: {
    200: {
      description: "In Prometheus's text format, version 0.0.4.",
      schema: z.string(),
      contentType: Metrics.contentType,
    },
  },
  async handle({ metrics }) {
    return new Response(await metrics.text(), { headers: { "content-type": Metrics.contentType } });
  },
});
