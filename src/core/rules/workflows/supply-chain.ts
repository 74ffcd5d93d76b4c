/** Whose code a workflow runs, and what it vouches for: actions, checkouts, signatures. */
import type { FixOperation } from "../../model/patch.ts";
import { type Rule, rule } from "../rule.ts";
import { fail, notApplicable, pass, type Verdict } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { workflow } from "./example.ts";
import {
  actionOf,
  expressionsIn,
  hasEvent,
  jobsOf,
  pathsIn,
  repositoryOf,
  type Step,
  stepsOf,
  WORKFLOWS,
} from "./jobs.ts";

const COMMIT = /^[0-9a-f]{40}$/;
/** GitHub's own: whoever can move their tags runs the machine anyway. */
const FIRST_PARTY: ReadonlySet<string> = new Set(["actions", "github"]);

const uses = (block: Block, repository: string): boolean =>
  repositoryOf(actionOf(block.text("uses") ?? "")?.name ?? "") === repository;

function checkPins(view: View): Verdict {
  const used = [...stepsOf(view).map((step) => step.block), ...jobsOf(view).map((job) => job.block)].filter(
    (block) => block.text("uses") !== undefined,
  );
  if (used.length === 0) return notApplicable;
  for (const block of used) {
    const text = block.text("uses") ?? "";
    const { path } = block.get("uses");
    const action = actionOf(text);
    if (action && !FIRST_PARTY.has(action.owner.toLowerCase()) && !COMMIT.test(action.ref))
      return fail(path, `${action.name} is taken at ${action.ref}, which its owner can move.`);
    if (/^docker:\/\//.test(text) && !/@sha256:[0-9a-f]{64}$/.test(text)) return fail(path, `${text} names no digest.`);
  }
  return pass();
}

/** Events that run with the repository's secrets, whoever caused them. */
const PRIVILEGED = [
  "pull_request_target",
  "workflow_run",
  "issue_comment",
  "issues",
  "discussion",
  "discussion_comment",
] as const;

const FOREIGN_HEAD =
  /^github\.(?:event\.pull_request\.head\.(?:sha|ref|repo\.full_name)|head_ref|event\.pull_request\.(?:merge_commit_sha|number)|event\.workflow_run\.(?:head_sha|head_branch|head_repository\.full_name)|event\.issue\.number)$/;

/** Whether a checkout takes the code of the pull request in place of the repository's own. */
function checksOutHead(step: Step): boolean {
  if (uses(step.block, "actions/checkout")) {
    return ["with.ref", "with.repository"].some(
      (path) =>
        expressionsIn(step.block.text(path) ?? "")
          .flatMap(pathsIn)
          .some((found) => FOREIGN_HEAD.test(found)) || /^refs\/pull\//.test(step.block.text(path) ?? ""),
    );
  }
  const run = step.block.text("run") ?? "";
  return /\bgh\s+pr\s+checkout\b|\bgit\s+(?:fetch|checkout|pull)\b[^\n]{0,300}pull\/|\bgit\s+(?:fetch|checkout)\b[^\n]{0,300}\$\{\{[^}]{0,100}head[._](?:sha|ref)/.test(
    run,
  );
}

/** Steps that run what was checked out: scripts, and actions of the checkout itself. */
const runsCode = (step: Step): boolean =>
  step.block.get("run").kind === "value" ||
  /^\.\.?\//.test(step.block.text("uses") ?? "") ||
  /^(?:[\w.-]+\/)(?:setup-|cache)/.test(step.block.text("uses") ?? "");

const jobSteps = (job: Block): readonly Step[] => job.blocks("steps").items.map((block): Step => ({ block, job }));

function checkPrivileged(view: View): Verdict {
  const event = hasEvent(view, ...PRIVILEGED);
  if (event === undefined) return notApplicable;
  for (const { block: job } of jobsOf(view)) {
    const steps = jobSteps(job);
    const index = steps.findIndex(checksOutHead);
    const checkout = steps[index];
    if (!checkout) continue;
    const isRun = checkout.block.get("run").kind === "value" || steps.slice(index + 1).some(runsCode);
    if (isRun)
      return fail(
        checkout.block.path,
        `On ${event}, code of a pull request is checked out and run with the repository's secrets.`,
      );
  }
  return pass();
}

const keepsCredentials = (job: Block): readonly Block[] =>
  jobSteps(job).some((step) => uses(step.block, "actions/upload-artifact"))
    ? jobSteps(job)
        .map((step) => step.block)
        .filter((block) => uses(block, "actions/checkout") && block.is("with.persist-credentials", true) !== false)
    : [];

const BUILDS =
  /\bdocker\s+(?:buildx\s+)?build\b|\bbuildah\s+(?:bud|build)\b|\bpodman\s+build\b|\bko\s+(?:build|publish)\b/;
const isBuild = (step: Step): boolean =>
  uses(step.block, "docker/build-push-action") || BUILDS.test(step.block.text("run") ?? "");

/** Fails where a job builds an image, and no later step of it runs what `done` looks for. */
function afterBuild(view: View, done: (script: string) => boolean, message: string): Verdict {
  let built = false;
  for (const { block: job } of jobsOf(view)) {
    const steps = jobSteps(job);
    const index = steps.findIndex(isBuild);
    const build = steps[index];
    if (!build) continue;
    built = true;
    if (!steps.slice(index).some((step) => done(step.block.text("run") ?? ""))) return fail(build.block.path, message);
  }
  return built ? pass() : notApplicable;
}

const SHA = "0123456789abcdef0123456789abcdef01234567";

export const supplyChain: readonly Rule[] = [
  rule({
    id: "workflow-unpinned-action",
    aliases: ["DRACO_GHA_1"],
    title: "Action is not pinned to a commit",
    severity: "high",
    category: "security",
    on: WORKFLOWS,
    why: "A tag or branch can be moved to other code by whoever gets hold of the action's repository. It has happened to actions that thousands use, and every secret of their builds was taken.",
    remedy: "Name the commit: uses: owner/action@<40 hex digits> # v1.2.3.",
    references: [
      "https://docs.github.com/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions#using-third-party-actions",
    ],
    check: checkPins,
    bad: workflow({ steps: "- uses: other/setup-tool@v3" }),
    good: workflow({
      steps: `- uses: other/setup-tool@${SHA} # v3.1.0\n- uses: actions/checkout@v5\n- uses: ./tools/lint`,
    }),
  }),
  rule({
    id: "workflow-untrusted-checkout",
    aliases: ["DRACO_GHA_2"],
    title: "Code of a pull request runs with secrets",
    severity: "critical",
    category: "security",
    on: "github_workflow",
    why: "pull_request_target and its kin run with the repository's secrets and a token that may write. Checking out the pull request's code and running it hands both to anyone with a fork.",
    remedy: "Run the code on pull_request, and do what needs secrets in a second workflow that never runs it.",
    references: ["https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/"],
    check: checkPrivileged,
    bad: workflow({
      on: "pull_request_target",
      steps:
        "- uses: actions/checkout@v5\n  with:\n    ref: ${{ github.event.pull_request.head.sha }}\n- run: npm ci && npm test",
    }),
    good: workflow({ on: "pull_request_target", steps: "- uses: actions/checkout@v5\n- run: npm ci && npm test" }),
  }),
  rule({
    id: "workflow-persisted-credentials",
    aliases: ["DRACO_GHA_3"],
    title: "Token can end up in an artifact",
    severity: "medium",
    category: "security",
    on: "github_workflow",
    why: "actions/checkout leaves the token in .git/config. An artifact made of the working directory carries it to everyone who can download it.",
    remedy: "Set persist-credentials: false on the checkout.",
    check: (view) => {
      const jobs = jobsOf(view).filter(({ block }) =>
        jobSteps(block).some((step) => uses(step.block, "actions/upload-artifact")),
      );
      if (jobs.length === 0) return notApplicable;
      const [found] = jobs.flatMap(({ block }) => keepsCredentials(block));
      return found ? fail(found.path, "The checkout keeps the token on disk, and the job uploads files.") : pass();
    },
    fix: {
      risk: "disruptive",
      edit: (view) =>
        jobsOf(view)
          .flatMap(({ block }) => keepsCredentials(block))
          .map(
            (checkout): FixOperation => ({
              op: "set",
              path: `${checkout.path}.with.persist-credentials`,
              value: false,
            }),
          ),
    },
    bad: workflow({ steps: "- uses: actions/checkout@v5\n- uses: actions/upload-artifact@v4\n  with:\n    path: ." }),
    good: workflow({
      steps:
        "- uses: actions/checkout@v5\n  with:\n    persist-credentials: false\n- uses: actions/upload-artifact@v4\n  with:\n    path: dist",
    }),
  }),
  rule({
    id: "workflow-unsigned-image",
    aliases: ["CKV_GHA_5"],
    title: "Built image is not signed",
    severity: "low",
    category: "security",
    profile: "strict",
    on: "github_workflow",
    why: "Without a signature, nobody can tell the image of this build from another under its name. A signature ties it to the workflow that made it.",
    remedy: "Run cosign sign after the build.",
    check: (view) =>
      afterBuild(view, (script) => /\bcosign\s+sign\b/.test(script), "The image that is built here is not signed."),
    bad: workflow({ steps: "- run: docker build -t registry.example.com/app ." }),
    good: workflow({
      steps: "- run: docker build -t registry.example.com/app .\n- run: cosign sign --yes registry.example.com/app",
    }),
  }),
  rule({
    id: "workflow-image-without-sbom",
    aliases: ["CKV_GHA_6"],
    title: "Built image has no list of what is in it",
    severity: "low",
    category: "security",
    profile: "strict",
    on: "github_workflow",
    why: "When the next library turns out to be vulnerable, one has to know where it is built in. A signed bill of materials says so.",
    remedy: "Make an SBOM and run cosign attest with it after the build.",
    check: (view) =>
      afterBuild(
        view,
        (script) => /\bcosign\s+attest\b/.test(script) && /sbom|spdx|cyclonedx/i.test(script),
        "The image that is built here has no signed bill of materials.",
      ),
    bad: workflow({ steps: "- run: docker build -t registry.example.com/app ." }),
    good: workflow({
      steps:
        "- run: docker build -t registry.example.com/app .\n- run: cosign attest --yes --type spdxjson --predicate sbom.json registry.example.com/app",
    }),
  }),
];
