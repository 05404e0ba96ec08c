/**
 * The paths that should be read-only because they are out of a job's scope: whole folders where nothing in them is in
 * scope, else single files. `files` are all files known to git, relative to the worktree. Every path is a mount, so there
 * is a limit, and folders come first; what stays writable is still found by the harness afterwards.
 */
export function pathsOutOfScope(
  files: readonly string[],
  isInScope: (path: string) => boolean,
  maxPaths = 200,
): string[] {
  const [inside, outside] = divided(files, isInScope);
  const openFolders = new Set(inside.flatMap(foldersOf));
  const closedFolders = new Set(
    [...new Set(outside.flatMap(foldersOf))].filter(
      (folder) => !openFolders.has(folder) && !isInScope(`${folder}/new-file`),
    ),
  );
  const outermost = (file: string) => foldersOf(file).find((folder) => closedFolders.has(folder));
  const folders = new Set(outside.flatMap((file) => outermost(file) ?? []));
  const singleFiles = outside.filter((file) => outermost(file) === undefined);
  return [...folders, ...singleFiles].slice(0, maxPaths);
}

function divided(files: readonly string[], isInScope: (path: string) => boolean): [string[], string[]] {
  const { true: inside = [], false: outside = [] } = Object.groupBy(files, (file) =>
    isInScope(file) ? "true" : "false",
  );
  return [inside, outside];
}

/** Its folders, the outermost first. */
function foldersOf(file: string): string[] {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
