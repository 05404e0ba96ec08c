/**
 * What is asked of Linear, in its own language. One issue comes with all that decides about it, so that a page is one
 * request; the numbers keep a page under the 10,000 points that Linear lets a query cost.
 */
export const pageSize = 50;

const user = "id displayName admin guest owner";
const page = "pageInfo { hasNextPage endCursor }";
const issue = `id identifier title description priority branchName url createdAt updatedAt
  state { name type }
  creator { ${user} }
  assignee { ${user} }
  labels(first: 50) { nodes { id name } ${page} }
  inverseRelations(first: 25) { nodes { type issue { id identifier state { name type } } } ${page} }`;

export const issuesDocument = `query Issues($filter: IssueFilter!, $first: Int!, $after: String) {
  issues(filter: $filter, first: $first, after: $after, orderBy: createdAt) { nodes { ${issue} } ${page} }
}`;

export const lastTouchedDocument = `query LastTouched($filter: IssueFilter!) {
  issues(filter: $filter, first: 1, orderBy: updatedAt) { nodes { id updatedAt } }
}`;

export const issueForChangeDocument = `query IssueForChange($id: String!) {
  issue(id: $id) {
    state { id }
    labels(first: 100) { nodes { id name } }
    team { id states(first: 100) { nodes { id name } } }
  }
}`;

export const historyDocument = `query History($id: String!, $first: Int!, $after: String) {
  issue(id: $id) {
    creator { ${user} }
    labels(first: 100) { nodes { id name } }
    history(first: $first, after: $after) {
      nodes { createdAt actor { ${user} } addedLabelIds removedLabelIds }
      ${page}
    }
  }
}`;

export const commentsDocument = `query Comments($filter: CommentFilter!, $first: Int!, $after: String) {
  comments(filter: $filter, first: $first, after: $after, orderBy: createdAt) {
    nodes { id body createdAt updatedAt user { ${user} } }
    ${page}
  }
}`;

export const labelsDocument = `query Labels($filter: IssueLabelFilter!) {
  issueLabels(filter: $filter, first: 50) { nodes { id name team { id } } }
}`;

export const selfDocument = `query Self { viewer { ${user} } }`;

export const changeIssueDocument = `mutation ChangeIssue($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { success }
}`;

export const createLabelDocument = `mutation CreateLabel($input: IssueLabelCreateInput!) {
  issueLabelCreate(input: $input) { success issueLabel { id } }
}`;

export const createCommentDocument = `mutation CreateComment($input: CommentCreateInput!) {
  commentCreate(input: $input) { success comment { id } }
}`;

export const updateCommentDocument = `mutation UpdateComment($id: String!, $input: CommentUpdateInput!) {
  commentUpdate(id: $id, input: $input) { success comment { id } }
}`;
