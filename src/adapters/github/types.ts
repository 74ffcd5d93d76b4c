/** What flows ask of GitHub, in our own words: no type of a client library leaves this folder. */

/** Where a repository is, and through which installation Draco may touch it. Ids are GitHub's. */
export interface Repo {
  readonly installationId: number;
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

export interface TreeEntry {
  /** Path from the root of the repository, forward slashes. */
  readonly path: string;
  /** Git blob SHA. */
  readonly sha: string;
  readonly size: number;
  readonly kind: "file" | "executable" | "symlink" | "submodule";
}

export interface Tree {
  /** SHA of the commit or tree that was listed. */
  readonly sha: string;
  readonly entries: readonly TreeEntry[];
}

export interface ChangedFile {
  readonly path: string;
  readonly previousPath?: string;
  readonly status: "added" | "modified" | "removed" | "renamed";
}

export interface Comparison {
  readonly mergeBase: string;
  readonly aheadBy: number;
  readonly behindBy: number;
  readonly files: readonly ChangedFile[];
  /** False where GitHub stopped listing (300 files): then compare the trees. */
  readonly complete: boolean;
}

export interface Person {
  readonly id: number;
  readonly login: string;
  readonly bot: boolean;
}

export interface PullRequest {
  readonly number: number;
  readonly state: "open" | "closed" | "merged";
  readonly title: string;
  readonly body: string;
  readonly author: Person;
  readonly headRef: string;
  /** The tip of the head branch now, where the branch is in this repository; else what GitHub says. */
  readonly headSha: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly fromFork: boolean;
  readonly draft: boolean;
  readonly mergeCommitSha?: string;
  readonly mergedBy?: Person;
  readonly url: string;
}

export interface Review {
  readonly id: number;
  readonly by: Person;
  readonly state: "approved" | "changes-requested" | "commented" | "dismissed";
  /** The commit that was reviewed. */
  readonly sha: string;
  /** ISO 8601. */
  readonly at: string;
}

export type Permission = "admin" | "maintain" | "write" | "triage" | "read" | "none";

/** `content: null` removes the file. Text is written as UTF-8. */
export interface FileChange {
  readonly path: string;
  readonly content: string | Uint8Array | null;
  readonly executable?: boolean;
}

export interface NewCommit {
  readonly message: string;
  readonly files: readonly FileChange[];
  /** The commit it is written upon: its tree is the starting point, and it is the only parent. */
  readonly parent: string;
}

export interface Commit {
  readonly sha: string;
  readonly treeSha: string;
  readonly message: string;
  readonly parents: readonly string[];
  readonly authorName: string;
  readonly authorEmail: string;
  /** GitHub's App or bot user, where GitHub can tell. */
  readonly authorLogin?: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: "notice" | "warning" | "failure";
  readonly title: string;
  readonly message: string;
  readonly details?: string;
}

/** A button. GitHub takes three, with labels and identifiers of 20 characters and descriptions of 40. */
export interface CheckAction {
  readonly identifier: string;
  readonly label: string;
  readonly description: string;
}

export type Conclusion = "success" | "failure" | "neutral" | "cancelled" | "skipped" | "timed_out" | "action_required";

export interface CheckRun {
  readonly name: string;
  readonly headSha: string;
  /** Absent while it runs. */
  readonly conclusion?: Conclusion;
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
  readonly annotations?: readonly Annotation[];
  readonly actions?: readonly CheckAction[];
  /** Ours, handed back with every event of the run. */
  readonly externalId?: string;
  readonly detailsUrl?: string;
}

export interface NewPullRequest {
  /** "draco/…": created at the commit, or moved to it where only Draco has written on it. */
  readonly branch: string;
  readonly base: string;
  readonly baseSha: string;
  readonly commitMessage: string;
  readonly files: readonly FileChange[];
  readonly title: string;
  readonly body: string;
  readonly labels?: readonly string[];
  readonly draft?: boolean;
}

export interface OpenedPullRequest {
  readonly number: number;
  readonly headSha: string;
  readonly url: string;
  /** False where an open one of the same branch was found and kept. */
  readonly created: boolean;
}

export interface Installation {
  readonly id: number;
  readonly accountLogin: string;
  readonly accountType: string;
  readonly suspended: boolean;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

export interface RepositoryFacts extends Repo {
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly archived: boolean;
}

export interface AppFacts {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action?: string;
  readonly statusCode: number;
  readonly redelivery: boolean;
  /** ISO 8601. */
  readonly at: string;
}

export type Reaction = "+1" | "-1" | "confused" | "eyes" | "rocket";

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly url: string;
}

/** Everything throws one of adapters/errors.ts, and nothing else. */
export interface GitHub {
  /** Who we are. Asks with the App's own JWT. */
  app(): Promise<AppFacts>;
  installations(): Promise<Installation[]>;
  /** Repositories that an installation may touch; undefined where the server has no such endpoint. */
  repositories(installationId: number): Promise<RepositoryFacts[] | undefined>;
  repository(installationId: number, owner: string, name: string): Promise<RepositoryFacts>;
  /** Newest first, at most `most` (default 250); undefined where the server keeps no log. */
  deliveries(most?: number): Promise<Delivery[] | undefined>;
  redeliver(deliveryId: number): Promise<void>;

  /** Every file at a commit, branch or tree SHA, whatever its number. */
  listTree(repo: Repo, ref: string): Promise<Tree>;
  /** Contents by blob SHA. Where more than 300 are asked for, `commit`'s tarball is tried first. */
  readBlobs(repo: Repo, shas: readonly string[], commit: string): Promise<Map<string, Uint8Array>>;
  /** undefined where there is no such file (or the path is a folder). At most 100 MB, as GitHub has it. */
  readFile(repo: Repo, path: string, ref: string): Promise<Uint8Array | undefined>;
  compare(repo: Repo, base: string, head: string): Promise<Comparison>;
  /** SHA of a branch's tip; undefined where there is no such branch. */
  branchSha(repo: Repo, branch: string): Promise<string | undefined>;
  getCommit(repo: Repo, sha: string): Promise<Commit>;

  /** Writes one commit and moves the branch to it, without force. Refused ("moved") where the branch is not at `parent`. */
  commitFiles(repo: Repo, branch: string, commit: NewCommit): Promise<string>;
  deleteBranch(repo: Repo, branch: string): Promise<void>;

  createCheckRun(repo: Repo, run: CheckRun): Promise<number>;
  updateCheckRun(repo: Repo, id: number, run: CheckRun): Promise<void>;

  /** Edits the one comment that holds `marker` and is ours, or makes it. Returns its id. */
  upsertStickyComment(
    repo: Repo,
    comment: { readonly issue: number; readonly marker: string; readonly body: string; readonly id?: number },
  ): Promise<number>;
  comment(repo: Repo, issue: number, body: string): Promise<number>;
  /** A courtesy: whatever goes wrong, nothing happens. */
  reactTo(repo: Repo, commentId: number, reaction: Reaction): Promise<void>;

  /** Idempotent by branch: run twice, it opens one pull request with one commit. */
  openPullRequest(repo: Repo, request: NewPullRequest): Promise<OpenedPullRequest>;
  updatePullRequest(
    repo: Repo,
    number: number,
    change: { readonly title?: string; readonly body?: string },
  ): Promise<void>;
  closePullRequest(repo: Repo, number: number): Promise<void>;
  /** Merges that commit and no other. Returns the merge commit; Refused where GitHub will not. */
  mergePullRequest(
    repo: Repo,
    number: number,
    merge: { readonly expectedHeadSha: string; readonly title: string; readonly message: string },
  ): Promise<string>;
  getPullRequest(repo: Repo, number: number): Promise<PullRequest>;
  openPullRequests(repo: Repo): Promise<PullRequest[]>;
  listReviews(repo: Repo, number: number): Promise<Review[]>;
  /** Draco's labels ("draco", "draco:…") become these; labels of people stay, draco:hold among them. */
  setLabels(repo: Repo, issue: number, labels: readonly string[]): Promise<void>;
  /** One open issue by exact title, made where there is none. */
  upsertIssue(repo: Repo, title: string, body: string): Promise<Issue>;

  /** Asked of GitHub at this moment, never cached. "none" for strangers. */
  permissionOf(repo: Repo, login: string): Promise<Permission>;
  /** GitHub's id of a user, by login; undefined where there is none. */
  userId(login: string): Promise<number | undefined>;
  /** Whether somebody is an active member of "org/team" now. */
  isTeamMember(repo: Repo, team: string, login: string): Promise<boolean>;
}
