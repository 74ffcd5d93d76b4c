/** Comments, the one sticky comment, reactions, labels and the dashboard issue. */
import { AdapterError, Refused } from "../errors.ts";
import { cut } from "./checks.ts";
import type { Identity } from "./identity.ts";
import type { Octokit, Octokits } from "./octokit.ts";
import { ifThere, translated } from "./translate.ts";
import type { Issue, Reaction, Repo } from "./types.ts";

const MOST_CHARACTERS = 65_535;

interface RawComment {
  readonly id: number;
  readonly body?: string | undefined;
  readonly user: { readonly login: string; readonly type: string } | null;
  readonly performed_via_github_app?: { readonly id: number } | null | undefined;
}

export interface Sticky {
  readonly issue: number;
  readonly marker: string;
  readonly body: string;
  readonly id?: number;
}

/** Found by the id we kept, else by marker; in both cases only where this App wrote it, so that nobody can pose. */
export async function upsertStickyComment(
  octokits: Octokits,
  identity: Identity,
  repo: Repo,
  sticky: Sticky,
): Promise<number> {
  const octokit = await octokits.as(repo.installationId);
  const known = sticky.id === undefined ? undefined : await readComment(octokit, repo, sticky.id);
  const mine = async (found: RawComment) => (await identity.wrote(found)) && (found.body ?? "").includes(sticky.marker);
  const kept = known && (await mine(known)) ? known : await findComment(octokit, repo, sticky.issue, mine);
  if (!kept) return comment(octokits, repo, sticky.issue, sticky.body);
  if (kept.body === sticky.body) return kept.id;
  await translated(`update the comment on #${sticky.issue}`, async () => {
    await octokit.rest.issues.updateComment({
      owner: repo.owner,
      repo: repo.name,
      comment_id: kept.id,
      body: cut(sticky.body, MOST_CHARACTERS),
    });
  });
  return kept.id;
}

const readComment = (octokit: Octokit, repo: Repo, id: number): Promise<RawComment | undefined> =>
  ifThere(`read the comment ${id}`, async () => {
    const { data } = await octokit.rest.issues.getComment({ owner: repo.owner, repo: repo.name, comment_id: id });
    return data;
  });

async function findComment(
  octokit: Octokit,
  repo: Repo,
  issue: number,
  mine: (found: RawComment) => Promise<boolean>,
): Promise<RawComment | undefined> {
  const all = await translated(`list the comments of #${issue}`, () =>
    octokit.paginate(octokit.rest.issues.listComments, {
      owner: repo.owner,
      repo: repo.name,
      issue_number: issue,
      per_page: 100,
    }),
  );
  for (const found of all) if (await mine(found)) return found;
  return undefined;
}

/** Not tried again by itself: a lost answer would make two. The job that asked finds a sticky one by its marker. */
export async function comment(octokits: Octokits, repo: Repo, issue: number, body: string): Promise<number> {
  const octokit = await octokits.as(repo.installationId);
  return translated(`comment on #${issue}`, async () => {
    const { data } = await octokit.rest.issues.createComment({
      owner: repo.owner,
      repo: repo.name,
      issue_number: issue,
      body: cut(body, MOST_CHARACTERS),
      request: { retries: 0 },
    });
    return data.id;
  });
}

export async function reactTo(octokits: Octokits, repo: Repo, commentId: number, content: Reaction): Promise<void> {
  const octokit = await octokits.as(repo.installationId);
  try {
    await translated("react to a comment", async () => {
      await octokit.rest.reactions.createForIssueComment({
        owner: repo.owner,
        repo: repo.name,
        comment_id: commentId,
        content,
        request: { retries: 0 },
      });
    });
  } catch (error) {
    // A reaction tells nothing that the sticky comment does not.
    if (!(error instanceof AdapterError)) throw error;
  }
}

const LABEL_COLOURS: readonly (readonly [RegExp, string])[] = [
  [/risk-r3|failed|hold/, "b60205"],
  [/risk-r2|stale|needs-approval/, "fbca04"],
  [/risk-r1|approved|applied/, "0e8a16"],
  [/cost/, "1d76db"],
];

/** Labels that people put there for Draco to read. */
const PEOPLES = new Set(["draco:hold", "draco:no-plan", "draco:keep-updated"]);

/** Draco's labels of an issue or pull request become exactly these; other people's stay. Missing ones are created. */
export async function setLabels(
  octokits: Octokits,
  repo: Repo,
  issue: number,
  labels: readonly string[],
): Promise<void> {
  const octokit = await octokits.as(repo.installationId);
  const at = { owner: repo.owner, repo: repo.name };
  for (const name of labels) {
    const there = await ifThere(`look up the label ${name}`, () => octokit.rest.issues.getLabel({ ...at, name }));
    if (there) continue;
    const color = LABEL_COLOURS.find(([meaning]) => meaning.test(name))?.[1] ?? "5319e7";
    try {
      await translated(`create the label ${name}`, () => octokit.rest.issues.createLabel({ ...at, name, color }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // another job made it just now
    }
  }
  await translated(`label #${issue}`, async () => {
    const { data } = await octokit.rest.issues.listLabelsOnIssue({ ...at, issue_number: issue, per_page: 100 });
    const present = data.map((label) => label.name);
    const others = present.filter((name) => !/^draco(:|$)/.test(name) || PEOPLES.has(name));
    const wanted = [...new Set([...others, ...labels])];
    if (wanted.length === present.length && wanted.every((name) => present.includes(name))) return;
    await octokit.rest.issues.setLabels({ ...at, issue_number: issue, labels: wanted });
  });
}

export async function upsertIssue(
  octokits: Octokits,
  identity: Identity,
  repo: Repo,
  title: string,
  body: string,
): Promise<Issue> {
  const octokit = await octokits.as(repo.installationId);
  const at = { owner: repo.owner, repo: repo.name };
  const open = await translated("list the open issues", () =>
    octokit.paginate(octokit.rest.issues.listForRepo, { ...at, state: "open", per_page: 100 }),
  );
  for (const found of open) {
    if (found.title !== title || found.pull_request || !(await identity.wrote(found))) continue;
    if (found.body !== body) {
      await translated(`update #${found.number}`, async () => {
        await octokit.rest.issues.update({ ...at, issue_number: found.number, body: cut(body, MOST_CHARACTERS) });
      });
    }
    return { number: found.number, title, state: "open", url: found.html_url };
  }
  const made = await translated("open an issue", async () => {
    const { data } = await octokit.rest.issues.create({
      ...at,
      title,
      body: cut(body, MOST_CHARACTERS),
      request: { retries: 0 },
    });
    return data;
  });
  return { number: made.number, title, state: "open", url: made.html_url };
}
