/** What a workflow may do and who can start it: token, environment, runners, secrets, inputs. */

import type { FixOperation } from "../../model/patch.ts";
import { isList, isObject } from "../../model/value.ts";
import { type Rule, rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, type Verdict } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { workflow } from "./example.ts";
import { actionOf, expressionsIn, hasEvent, jobsOf, pathsIn, stepsOf, textsIn, WORKFLOWS } from "./jobs.ts";

const UNSAFE = "ACTIONS_ALLOW_UNSECURE_COMMANDS";

/** Every block that may hold an environment: the workflow, its jobs, their steps. */
const environments = (view: View): readonly Block[] => [
  view,
  ...jobsOf(view).map((job) => job.block),
  ...stepsOf(view).map((step) => step.block),
];

const allowsUnsafe = (block: Block): boolean => /^(?:true|1|yes|on)$/i.test(block.text(`env.${UNSAFE}`) ?? "");

const at = (block: Block, path: string): string => (block.path === "" ? path : `${block.path}.${path}`);

function checkToken(view: View): Verdict {
  const top = view.get("permissions");
  if (top.kind === "value") {
    return top.value === "write-all"
      ? fail("permissions", "The workflow's token may do everything.")
      : pass("permissions");
  }
  const jobs = jobsOf(view);
  const open = jobs.find(({ block }) => block.get("permissions").kind === "absent");
  const all = jobs.find(({ block }) => block.text("permissions") === "write-all");
  if (all) return fail(at(all.block, "permissions"), `The token of job ${all.key} may do everything.`);
  if (!open) return jobs.length > 0 ? pass("permissions") : notApplicable;
  return fail("permissions", "The workflow does not limit its token, so that the repository's default counts.");
}

const isSelfHosted = (job: Block): boolean => {
  const found = job.get("runs-on");
  if (found.kind !== "value") return false;
  const labels = isObject(found.value)
    ? [found.value.labels ?? "", found.value.group ?? ""].flat()
    : isList(found.value)
      ? found.value
      : [found.value];
  return labels.some((label) => /self-hosted/i.test(String(label)));
};

/** secrets: inherit, toJSON(secrets), ${{ secrets }}. */
function spillsSecrets(view: View): Verdict {
  for (const { key, block } of jobsOf(view)) {
    const uses = block.text("uses");
    if (uses !== undefined && block.text("secrets") === "inherit" && actionOf(uses))
      return fail(at(block, "secrets"), `Job ${key} hands every secret to ${uses}.`);
  }
  for (const [path, text] of textsIn(view.value, "")) {
    for (const expression of expressionsIn(text)) {
      if (
        /\btojson\s*\(\s*secrets\s*\)/i.test(expression) ||
        pathsIn(expression).some((found) => found === "secrets" || found === "secrets.*")
      )
        return fail(path, "Every secret of the repository is put into one value.");
    }
  }
  return pass();
}

/** Whether pull requests from forks start it. */
const fromForks = (view: View): string | undefined =>
  hasEvent(view, "pull_request", "pull_request_target", "issue_comment");

export const permissions: readonly Rule[] = [
  rule({
    id: "workflow-unsecure-commands",
    aliases: ["CKV_GHA_1"],
    title: "Unsecure workflow commands are allowed",
    severity: "high",
    category: "security",
    on: WORKFLOWS,
    why: "With unsecure commands, anything a step prints can set variables of later steps. Text of an outsider in a log is then enough to take over the build.",
    remedy: `Remove ${UNSAFE}.`,
    check: (view) =>
      allOf(
        environments(view).map((block) =>
          allowsUnsafe(block) ? fail(at(block, `env.${UNSAFE}`), "Unsecure workflow commands are allowed.") : pass(),
        ),
      ),
    fix: {
      risk: "in-place",
      edit: (view) =>
        environments(view)
          .filter(allowsUnsafe)
          .map((block): FixOperation => ({ op: "remove", path: at(block, `env.${UNSAFE}`) })),
    },
    bad: workflow({ job: `runs-on: ubuntu-24.04\nenv:\n  CI: "1"\n  ${UNSAFE}: true`, steps: "- run: make" }),
    good: workflow({ steps: "- run: make" }),
  }),
  rule({
    id: "workflow-token-permissions",
    aliases: ["CKV2_GHA_1"],
    title: "Workflow's token is not limited",
    severity: "high",
    category: "security",
    on: "github_workflow",
    why: "Every step, and every action it uses, can use the token. With write access to everything, one compromised action can push code and publish releases.",
    remedy: "Set permissions at the top to contents: read, and add more for the jobs that need it.",
    check: checkToken,
    fix: {
      risk: "disruptive",
      edit: (view): readonly FixOperation[] => {
        const operations: FixOperation[] = jobsOf(view)
          .filter(({ block }) => block.text("permissions") === "write-all")
          .map(({ block }) => ({ op: "set", path: at(block, "permissions"), value: { contents: "read" } }));
        return view.text("permissions") === "write-all" || operations.length === 0
          ? [{ op: "set", path: "permissions", value: { contents: "read" } }, ...operations]
          : operations;
      },
    },
    bad: [
      workflow({ top: "permissions: write-all", steps: "- run: make" }),
      workflow({ top: "env: {}", steps: "- run: make" }),
    ],
    good: workflow({ top: "permissions:\n  contents: read", steps: "- run: make" }),
  }),
  rule({
    id: "workflow-dispatch-inputs",
    aliases: ["CKV_GHA_7"],
    title: "A build takes inputs from whoever starts it",
    severity: "low",
    category: "security",
    profile: "strict",
    on: "github_workflow",
    why: "A build whose outcome depends on inputs cannot be repeated from the source alone (SLSA). Whoever starts it has a say in what is shipped.",
    remedy: "Remove the inputs of workflow_dispatch.",
    check: (view) => {
      if (hasEvent(view, "workflow_dispatch") === undefined) return notApplicable;
      const inputs = view.get("on.workflow_dispatch.inputs");
      const isEmpty = inputs.kind === "absent" || (isObject(inputs.value) && Object.keys(inputs.value).length === 0);
      return isEmpty ? pass("on.workflow_dispatch") : fail("on.workflow_dispatch.inputs", "The build takes inputs.");
    },
    bad: workflow({
      on: "\n  workflow_dispatch:\n    inputs:\n      version:\n        type: string",
      steps: "- run: make",
    }),
    good: workflow({ on: "\n  workflow_dispatch:", steps: "- run: make" }),
  }),
  rule({
    id: "workflow-self-hosted-runner",
    aliases: ["DRACO_GHA_4"],
    title: "Pull requests run on a machine of one's own",
    severity: "high",
    category: "security",
    on: "github_workflow",
    why: "A pull request from a fork can change what the job runs. On a self-hosted runner it runs on your machine, and what it leaves there is met by the next job.",
    remedy: "Run jobs of pull requests on hosted runners, or on runners that are thrown away after each job.",
    check: (view) => {
      const jobs = jobsOf(view);
      if (jobs.length === 0 || fromForks(view) === undefined) return notApplicable;
      const found = jobs.find(({ block }) => isSelfHosted(block));
      return found
        ? fail(at(found.block, "runs-on"), `Job ${found.key} runs code of pull requests on a self-hosted runner.`)
        : pass();
    },
    bad: workflow({ on: "pull_request", job: "runs-on: [self-hosted, linux]", steps: "- run: make" }),
    good: workflow({ on: "pull_request", steps: "- run: make" }),
  }),
  rule({
    id: "workflow-secrets-inherited",
    aliases: ["DRACO_GHA_5"],
    title: "All secrets are handed on at once",
    severity: "high",
    category: "security",
    on: WORKFLOWS,
    why: "secrets: inherit and toJSON(secrets) give away every secret, tomorrow's too. Whoever runs the other workflow, or reads its log, has them all.",
    remedy: "Name the secrets that are needed.",
    check: spillsSecrets,
    bad: workflow({ job: "uses: other/ci/.github/workflows/build.yml@v1\nsecrets: inherit" }),
    good: workflow({
      job: "uses: other/ci/.github/workflows/build.yml@v1\nsecrets:\n  token: ${{ secrets.NPM_TOKEN }}",
    }),
  }),
];
