/** Check runs within GitHub's limits: 50 annotations a request, 300 in all, three buttons, 65,535 characters a field. */
import type { Octokit, Octokits } from "./octokit.ts";
import { translated } from "./translate.ts";
import type { Annotation, CheckRun, Repo } from "./types.ts";

const PER_REQUEST = 50;
const MOST_ANNOTATIONS = 300;
const MOST_CHARACTERS = 65_535;

/** Annotations beyond the first 50 follow by PATCH, which appends. Returns the run's id. */
export async function createCheckRun(octokits: Octokits, repo: Repo, run: CheckRun): Promise<number> {
  const octokit = await octokits.as(repo.installationId);
  const [first, ...rest] = batches(run.annotations ?? []);
  const id = await translated(`create the check run ${run.name}`, async () => {
    const { data } = await octokit.rest.checks.create({
      ...placeOf(repo),
      ...bodyOf(run),
      output: outputOf(run, first ?? []),
    });
    return data.id;
  });
  await append(octokit, repo, id, run, rest);
  return id;
}

/** Annotations are added to those the run has already: pass each once, with the conclusion. */
export async function updateCheckRun(octokits: Octokits, repo: Repo, id: number, run: CheckRun): Promise<void> {
  const octokit = await octokits.as(repo.installationId);
  const [first, ...rest] = batches(run.annotations ?? []);
  await translated(`update the check run ${run.name}`, async () => {
    await octokit.rest.checks.update({
      ...placeOf(repo),
      ...bodyOf(run),
      check_run_id: id,
      output: outputOf(run, first ?? []),
    });
  });
  await append(octokit, repo, id, run, rest);
}

async function append(octokit: Octokit, repo: Repo, id: number, run: CheckRun, rest: readonly Annotation[][]) {
  for (const annotations of rest) {
    await translated(`annotate the check run ${run.name}`, async () => {
      await octokit.rest.checks.update({
        ...placeOf(repo),
        check_run_id: id,
        output: outputOf(run, annotations),
      });
    });
  }
}

const placeOf = (repo: Repo) => ({ owner: repo.owner, repo: repo.name });

function batches(annotations: readonly Annotation[]): Annotation[][] {
  const shown = annotations.slice(0, MOST_ANNOTATIONS);
  return Array.from({ length: Math.ceil(shown.length / PER_REQUEST) }, (_, i) =>
    shown.slice(i * PER_REQUEST, (i + 1) * PER_REQUEST),
  );
}

function bodyOf(run: CheckRun) {
  return {
    name: run.name,
    head_sha: run.headSha,
    ...(run.conclusion
      ? { status: "completed" as const, conclusion: run.conclusion }
      : { status: "in_progress" as const }),
    ...(run.externalId && { external_id: run.externalId }),
    ...(run.detailsUrl && { details_url: run.detailsUrl }),
    actions: (run.actions ?? []).slice(0, 3).map((action) => ({
      identifier: action.identifier.slice(0, 20),
      label: cut(action.label, 20),
      description: cut(action.description, 40),
    })),
  };
}

const outputOf = (run: CheckRun, annotations: readonly Annotation[]) => ({
  title: cut(run.title, 255),
  summary: cut(run.summary, MOST_CHARACTERS),
  ...(run.text && { text: cut(run.text, MOST_CHARACTERS) }),
  annotations: annotations.map((a) => ({
    path: a.path,
    start_line: a.startLine,
    end_line: Math.max(a.startLine, a.endLine),
    annotation_level: a.level,
    title: cut(a.title, 255),
    message: cut(a.message, 64_000),
    ...(a.details && { raw_details: cut(a.details, 64_000) }),
  })),
});

/** GitHub counts in UTF-16 here; a cut never splits a pair. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, most - 1)) ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}
