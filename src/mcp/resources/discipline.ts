import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import type { McpDeps } from "../deps.ts";
import { disciplineOf } from "./discipline-text.ts";

const mimeType = "text/markdown";

/** `chargehand://projects/{project}/discipline`: what Chargehand demands of work on a project. */
export function registerDiscipline(server: McpServer, { config }: McpDeps): void {
  const names = Object.keys(config.projects);
  const template = new ResourceTemplate("chargehand://projects/{project}/discipline", {
    list: () => ({
      resources: names.map((name) => ({
        uri: `chargehand://projects/${name}/discipline`,
        name: `discipline of ${name}`,
        title: `What is demanded of work on ${name}`,
        mimeType,
      })),
    }),
    complete: { project: (typed) => names.filter((name) => name.startsWith(typed)) },
  });
  const about = {
    title: "What is demanded of work on a project",
    description: "The checks, the scope and the rules by which work is accepted, from the configuration in force.",
    mimeType,
  };
  server.registerResource("discipline", template, about, (uri, { project: name }) => {
    const project = Object.hasOwn(config.projects, String(name)) ? config.projects[String(name)] : undefined;
    if (project === undefined) {
      throw new McpError(
        -32002,
        `No project is called "${String(name).slice(0, 64)}". Configured: ${names.join(", ") || "none"}.`,
      );
    }
    return { contents: [{ uri: uri.href, mimeType, text: disciplineOf(String(name), project, config) }] };
  });
}
