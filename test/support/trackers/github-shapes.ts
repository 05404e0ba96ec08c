import type { TrackerWorld, WorldComment, WorldIssue, WorldUser } from "./world.ts";

/** The world in GitHub's shapes; every one is judged by GitHub's own description before it is sent. */
export function githubUser({ id, login }: WorldUser) {
  const url = `https://api.github.com/users/${login}`;
  return {
    ...{ login, id, node_id: `U_${id}`, gravatar_id: "", type: "User", site_admin: false, url },
    ...{ html_url: `https://github.com/${login}`, avatar_url: `https://avatars.githubusercontent.com/u/${id}` },
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
  };
}

export function githubSelf(user: WorldUser) {
  const nobody = { bio: null, blog: null, company: null, email: null, hireable: null, location: null, name: null };
  const counts = { followers: 0, following: 0, public_gists: 0, public_repos: 0 };
  const at = "2026-01-01T00:00:00Z";
  return { ...githubUser(user), ...nobody, ...counts, created_at: at, updated_at: at, user_view_type: "public" };
}

export function githubLabel(name: string) {
  return {
    ...{ id: name.length, node_id: "LA_1", name, description: null, color: "ededed", default: false },
    url: `${repositoryUrl}/labels/${encodeURIComponent(name)}`,
  };
}

export function githubIssue(world: TrackerWorld, issue: WorldIssue) {
  const url = `${repositoryUrl}/issues/${issue.number}`;
  const html = `https://github.com/acme/shop/issues/${issue.number}`;
  const open = issue.blockedBy.filter((number) => world.issues.get(number)?.state !== "closed").length;
  return {
    ...{ id: 90_000 + issue.number, node_id: `I_${issue.number}`, number: issue.number, title: issue.title },
    ...{ url, repository_url: repositoryUrl, html_url: html, labels_url: `${url}/labels{/name}` },
    ...{ comments_url: `${url}/comments`, events_url: `${url}/events`, body: issue.body, locked: false },
    state: issue.state,
    user: issue.author && githubUser(issue.author),
    author_association: issue.author?.association ?? "NONE",
    labels: issue.labels.map(githubLabel),
    assignee: issue.assignee && githubUser(issue.assignee),
    assignees: issue.assignee ? [githubUser(issue.assignee)] : [],
    milestone: null,
    comments: world.commentsOf(issue).length,
    closed_at: issue.state === "closed" ? issue.updatedAt : null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    ...(issue.isPullRequest && {
      pull_request: { url: `${url}/pull`, html_url: html, diff_url: `${html}.diff`, patch_url: `${html}.patch` },
    }),
    issue_dependencies_summary: {
      ...{ blocked_by: open, blocking: 0, total_blocked_by: issue.blockedBy.length, total_blocking: 0 },
    },
  };
}

export function githubComment({ id, issue, body, author, createdAt, updatedAt }: WorldComment) {
  return {
    ...{ id, node_id: `IC_${id}`, body, user: githubUser(author), author_association: author.association },
    url: `${repositoryUrl}/issues/comments/${id}`,
    html_url: `https://github.com/acme/shop/issues/${issue}#issuecomment-${id}`,
    issue_url: `${repositoryUrl}/issues/${issue}`,
    ...{ created_at: createdAt, updated_at: updatedAt },
  };
}

export function githubLabelEvent({ label, by, isSet, at }: WorldIssue["labelEvents"][number], index: number) {
  return {
    ...{ id: index + 1, node_id: `LE_${index}`, url: `${repositoryUrl}/issues/events/${index + 1}`, created_at: at },
    ...{ actor: githubUser(by), event: isSet ? "labeled" : "unlabeled", commit_id: null, commit_url: null },
    ...{ label: { name: label, color: "ededed" }, performed_via_github_app: null },
  };
}

/** What is wrong with a record is put in after the judge has seen the right one. */
export function broken(issue: WorldIssue, record: object): object {
  if (issue.broken === "title") return { ...record, title: null };
  if (issue.broken === "metadata") {
    return { ...record, labels: [7, { name: 3 }, { name: " Bug " }], created_at: "soon", user: "ann", assignees: 3 };
  }
  return record;
}

export const repositoryUrl = "https://api.github.com/repos/acme/shop";
