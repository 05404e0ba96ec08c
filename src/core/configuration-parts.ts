/** The part of a file that decides how checks run, in a form that can be compared. */
export type ReadPart = (text: string) => unknown;

/** Tools that read their settings from package.json, under their own name. */
const packageSettings = [
  ...["jest", "mocha", "ava", "vitest", "tap", "nyc", "c8", "tsd", "wireit", "nx"],
  ...["babel", "eslintConfig", "eslintIgnore", "prettier", "stylelint", "xo", "standard", "biome"],
];
const dependencyGroups = ["dependencies", "devDependencies", "optionalDependencies", "overrides", "resolutions"];
/** Scripts that package managers run by themselves. */
const lifecycle = [
  "preinstall",
  "install",
  "postinstall",
  "preprepare",
  "prepare",
  "postprepare",
  "test",
  "pretest",
  "posttest",
];

/**
 * Of package.json: the tools' own settings, and dependencies that come from somewhere else than a registry under their
 * own name. Scripts are compared apart (changedScripts), because a new one is honest work.
 */
export const packagePart: ReadPart = (text) => {
  const file = parsed(text);
  const settings = packageSettings.map((name) => file[name]);
  const diverted = dependencyGroups.map((group) =>
    Object.entries(record(file[group])).filter(([, source]) =>
      /^(?:file|link|portal|patch|npm|git|https?)[:+]/.test(`${source}`),
    ),
  );
  return [settings, diverted];
};

/** Scripts that were there and are different or gone, and new ones that others or a package manager run by themselves. */
export function changedScripts(before: string, after: string): string[] {
  const [old, now] = [record(parsed(before).scripts), record(parsed(after).scripts)];
  const changed = Object.keys(old).filter((name) => old[name] !== now[name]);
  const added = Object.keys(now).filter((name) => !Object.hasOwn(old, name));
  const wrapped = (name: string) => Object.hasOwn(old, name.replace(/^(?:pre|post)/, "")) && /^(?:pre|post)/.test(name);
  return [...changed, ...added.filter((name) => lifecycle.includes(name) || wrapped(name))];
}

/** A broken file has no part that could be compared: every change of it counts. */
function parsed(text: string): Record<string, unknown> {
  if (text === "") return {};
  try {
    return record(JSON.parse(text));
  } catch {
    return { jest: text };
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The lines of an INI or TOML file whose full key (section and name) matches, with the lines that go on from them. */
export function keysMatching(wanted: RegExp): ReadPart {
  return (text) => {
    let section = "";
    let isWanted = false;
    return text.split(/\r?\n/).filter((line) => {
      const header = /^\s*\[{1,2}([^\]]+)\]/.exec(line)?.[1];
      const key = /^([\w."'-]+(?:\s*\.\s*[\w"'-]+)*)\s*[=:]/.exec(line)?.[1];
      if (header !== undefined) section = plain(header);
      if (header !== undefined) isWanted = wanted.test(section);
      else if (key !== undefined) isWanted = wanted.test(section === "" ? plain(key) : `${section}.${plain(key)}`);
      return isWanted && line.trim() !== "";
    });
  };
}

function plain(key: string): string {
  return key.replace(/["'\s]/g, "");
}

/** Lines that match, in their order. */
export function linesMatching(wanted: RegExp): ReadPart {
  return (text) => text.split(/\r?\n/).filter((line) => wanted.test(line));
}
