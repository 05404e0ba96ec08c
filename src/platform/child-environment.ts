import { delimiter, isAbsolute } from "node:path";

export interface ChildEnvironmentOptions {
  /** The environment we were started with. Of it a child sees the search path and the time zone. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** A private folder, never a person's home: what programs would find there of credentials does not exist for them. */
  readonly home: string;
  readonly temporary: string;
  /** What this very program needs in addition; it wins. */
  readonly own: Readonly<Record<string, string>>;
}

/** The whole environment of a command: a list of what it may have, so that nothing new of ours leaks into it one day. */
export function childEnvironment({ variables, home, temporary, own }: ChildEnvironmentOptions): Record<string, string> {
  return {
    PATH: searchPath(variables.PATH),
    ...(variables.TZ && { TZ: variables.TZ }),
    HOME: home,
    TMPDIR: temporary,
    ...plainText,
    ...packageManagers,
    ...own,
  };
}

/** An entry that is relative or empty would make the repository itself a place for programs. */
export function searchPath(path = ""): string {
  const entries = path.split(delimiter).filter(isAbsolute);
  return [...new Set(entries)].join(delimiter) || "/usr/local/bin:/usr/bin:/bin";
}

/** No colours, no questions, and the same language everywhere. */
const plainText = { LANG: "C.UTF-8", LC_ALL: "C.UTF-8", TERM: "dumb", NO_COLOR: "1", CI: "1" };

/** A repository's own settings could otherwise name the shell, the git and even the yarn to be run. */
const packageManagers = {
  npm_config_script_shell: "/bin/sh",
  npm_config_git: "/usr/bin/git",
  npm_config_update_notifier: "false",
  YARN_IGNORE_PATH: "1",
};
