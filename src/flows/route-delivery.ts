/** From what GitHub says happened to the jobs that follow from it. Pure: decides nothing about permissions or states. */
import type { Decision, JobRequest, Jobs } from "../adapters/store/jobs.ts";

/** Payloads come from outside: every field may be missing. */
export type Payload = { readonly [key: string]: unknown };

export interface Event {
  readonly guid: string;
  readonly name: string;
  readonly payload: Payload;
}

/** Draco's own bot account must never command, merge or approve. */
const isBot = (user: Payload): boolean => user.type === "Bot" || /\[bot\]$/.test(text(user.login));

export function jobsFor(event: Event): JobRequest[] {
  const repository = number(object(event.payload.repository).id);
  if (repository === undefined) return [];
  switch (event.name) {
    case "push":
      return push(repository, event.payload);
    case "pull_request":
      return pullRequest(repository, event);
    case "pull_request_review":
      return review(repository, event);
    case "issue_comment":
      return comment(repository, event);
    case "check_run":
      return checkRun(repository, event);
    case "check_suite":
      return checkSuite(repository, event.payload);
    default:
      return [];
  }
}

function push(repository: number, payload: Payload): JobRequest[] {
  const branch = /^refs\/heads\/(.+)$/.exec(text(payload.ref))?.[1];
  const sha = text(payload.after);
  const isDefault = branch !== undefined && branch === object(payload.repository).default_branch;
  if (!isDefault || payload.deleted === true || /^0*$/.test(sha)) return [];
  return [scan(repository, { repository, sha, ref: branch, trigger: "push" })];
}

function pullRequest(repository: number, event: Event): JobRequest[] {
  const action = text(event.payload.action);
  const pull = object(event.payload.pull_request);
  const pullNumber = number(pull.number);
  const headSha = text(object(pull.head).sha);
  if (pullNumber === undefined) return [];
  if (["opened", "synchronize", "reopened", "ready_for_review", "edited"].includes(action)) {
    return [scan(repository, { repository, sha: headSha, pullNumber, trigger: "pull-request" })];
  }
  if (action !== "closed") return [];
  const by = pull.merged === true ? object(pull.merged_by ?? event.payload.sender) : object(event.payload.sender);
  return [
    decision(event, repository, pullNumber, by, {
      kind: "merge",
      mergeSha: pull.merged === true ? text(pull.merge_commit_sha) : "",
      headSha,
    }),
  ];
}

function review(repository: number, event: Event): JobRequest[] {
  const given = object(event.payload.review);
  const state = text(given.state).toLowerCase();
  const pullNumber = number(object(event.payload.pull_request).number);
  if (event.payload.action !== "submitted" || pullNumber === undefined) return [];
  if (state !== "approved" && state !== "changes_requested") return [];
  const user = object(given.user);
  return isBot(user)
    ? []
    : [decision(event, repository, pullNumber, user, { kind: "review", state, commitSha: text(given.commit_id) })];
}

/** Only new comments: an edit has no moment that an approval could be bound to. */
function comment(repository: number, event: Event): JobRequest[] {
  const given = object(event.payload.comment);
  const body = text(given.body);
  const issue = number(object(event.payload.issue).number);
  const user = object(given.user);
  if (event.payload.action !== "created" || issue === undefined || isBot(user)) return [];
  if (!/^\s{0,3}\/draco\b/m.test(body)) return [];
  return [decision(event, repository, issue, user, { kind: "command", line: 0, text: body }, `comment:${given.id}`)];
}

function checkRun(repository: number, event: Event): JobRequest[] {
  const action = text(event.payload.action);
  const run = object(event.payload.check_run);
  const headSha = text(run.head_sha);
  if (action === "rerequested") return [rescan(repository, headSha, run)];
  const requested = object(event.payload.requested_action);
  const pullNumber = firstPull(run);
  if (action !== "requested_action" || pullNumber === undefined || isBot(object(event.payload.sender))) return [];
  return [
    decision(event, repository, pullNumber, object(event.payload.sender), {
      kind: "button",
      action: text(requested.identifier),
      planId: text(run.external_id),
      headSha,
    }),
  ];
}

function checkSuite(repository: number, payload: Payload): JobRequest[] {
  const suite = object(payload.check_suite);
  return payload.action === "rerequested" ? [rescan(repository, text(suite.head_sha), suite)] : [];
}

function rescan(repository: number, sha: string, of: Payload): JobRequest {
  const pullNumber = firstPull(of);
  return scan(repository, { repository, sha, ...(pullNumber !== undefined && { pullNumber }), trigger: "check-run" });
}

const firstPull = (of: Payload): number | undefined => {
  const pulls = of.pull_requests;
  return Array.isArray(pulls) ? number(object(pulls[0]).number) : undefined;
};

/** Waiting scans of one branch or pull request are one: the newest commit is what counts. */
const scan = (repository: number, data: Jobs["scan-repository"]): JobRequest => ({
  name: "scan-repository",
  data,
  key: `${repository}:${data.pullNumber ?? "default"}:${data.sha ?? ""}`,
});

function decision(
  event: Event,
  repository: number,
  issueNumber: number,
  user: Payload,
  what: Decision["what"],
  source: string = event.guid,
): JobRequest {
  const id = number(user.id);
  return {
    name: "decide",
    data: {
      surface: SURFACE[what.kind],
      source,
      repository,
      issueNumber,
      ...(id !== undefined && !isBot(user) && { githubUser: { id, login: text(user.login) } }),
      what,
    },
    key: source,
  };
}

const SURFACE = { command: "command", merge: "merge", review: "review", button: "check-button", sms: "sms" } as const;

export const object = (value: unknown): Payload =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Payload) : {};
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const number = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
