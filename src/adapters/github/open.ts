/** GitHub, opened once at the start: each function of the port, bound to the App's credentials. */
import * as checks from "./checks.ts";
import * as comments from "./comments.ts";
import * as commits from "./commits.ts";
import * as contents from "./contents.ts";
import { askApp, identityOf } from "./identity.ts";
import * as apps from "./installations.ts";
import { mergePullRequest } from "./merge.ts";
import { createOctokits, type GitHubOptions } from "./octokit.ts";
import * as pulls from "./pulls.ts";
import { isTeamMember, userId } from "./teams.ts";
import type { GitHub } from "./types.ts";

export function openGitHub(options: GitHubOptions): GitHub {
  const octokits = createOctokits(options);
  const identity = identityOf(octokits);
  return {
    app: () => askApp(octokits),
    installations: () => apps.installations(octokits),
    repositories: (installationId) => apps.repositories(octokits, installationId),
    repository: (installationId, owner, name) => apps.repository(octokits, installationId, owner, name),
    deliveries: (most = 250) => apps.deliveries(octokits, most),
    redeliver: (deliveryId) => apps.redeliver(octokits, deliveryId),

    listTree: (repo, ref) => contents.listTree(octokits, repo, ref),
    readBlobs: (repo, shas, commit) => contents.readBlobs(octokits, repo, shas, commit),
    readFile: (repo, path, ref) => contents.readFile(octokits, repo, path, ref),
    compare: (repo, base, head) => contents.compare(octokits, repo, base, head),
    branchSha: (repo, branch) => contents.branchSha(octokits, repo, branch),
    getCommit: (repo, sha) => contents.getCommit(octokits, repo, sha),

    commitFiles: (repo, branch, commit) => commits.commitFiles(octokits, repo, branch, commit),
    deleteBranch: (repo, branch) => commits.deleteBranch(octokits, repo, branch),

    createCheckRun: (repo, run) => checks.createCheckRun(octokits, repo, run),
    updateCheckRun: (repo, id, run) => checks.updateCheckRun(octokits, repo, id, run),

    upsertStickyComment: (repo, sticky) => comments.upsertStickyComment(octokits, identity, repo, sticky),
    comment: (repo, issue, body) => comments.comment(octokits, repo, issue, body),
    reactTo: (repo, commentId, reaction) => comments.reactTo(octokits, repo, commentId, reaction),
    setLabels: (repo, issue, labels) => comments.setLabels(octokits, repo, issue, labels),
    upsertIssue: (repo, title, body) => comments.upsertIssue(octokits, identity, repo, title, body),

    openPullRequest: (repo, request) => pulls.openPullRequest(octokits, identity, repo, request),
    updatePullRequest: (repo, number, change) => pulls.updatePullRequest(octokits, repo, number, change),
    closePullRequest: (repo, number) => pulls.updatePullRequest(octokits, repo, number, { state: "closed" }),
    mergePullRequest: (repo, number, merge) => mergePullRequest(octokits, repo, number, merge),
    getPullRequest: (repo, number) => pulls.getPullRequest(octokits, repo, number),
    openPullRequests: (repo) => pulls.openPullRequests(octokits, repo),
    listReviews: (repo, number) => pulls.listReviews(octokits, repo, number),

    permissionOf: (repo, login) => apps.permissionOf(octokits, repo, login),
    userId: (login) => userId(octokits, login),
    isTeamMember: (repo, team, login) => isTeamMember(octokits, repo, team, login),
  };
}
