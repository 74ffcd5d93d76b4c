/** What the rules' own examples do not show: spellings of expressions, triggers, and how a script is mended. */
import { describe, expect, it } from "@jest/globals";
import { planFix } from "../../../../src/core/fix/fix.ts";
import { readWorkflows } from "../../../../src/core/read/workflows/read.ts";
import { runRules } from "../../../../src/core/rules/engine.ts";
import { workflowRules } from "../../../../src/core/rules/workflows/index.ts";
import { expressionsIn, outsiderText, pathsIn } from "../../../../src/core/rules/workflows/jobs.ts";

const rule = (id: string) => {
  const found = workflowRules.find((r) => r.id === id);
  if (!found) throw new Error(`no rule ${id}`);
  return found;
};
const fileOf = (text: string, path = ".github/workflows/ci.yml") => ({ path, bytes: new TextEncoder().encode(text) });

function judge(id: string, text: string, path?: string) {
  const files = [fileOf(text, path)];
  const run = runRules({ stacks: readWorkflows(files).stacks, rules: [rule(id)], keep: "all" });
  expect(run.diagnostics).toEqual([]);
  return { files, result: run.results[0] };
}
const status = (id: string, text: string, path?: string) => judge(id, text, path).result?.status ?? "not applicable";
const job = (steps: string, on = "pull_request_target", rest = "") =>
  `on: ${on}\n${rest}jobs:\n  a:\n    runs-on: x\n    steps:\n${steps.replace(/^/gm, "      ")}\n`;

describe("expressions", () => {
  it("are found, and end where they end", () => {
    expect(expressionsIn("a ${{ b }} ${{c}} ${{ open")).toEqual(["b", "c"]);
  });
  it.each([
    ["github.event.issue.title", "github.event.issue.title"],
    ["github['event']['issue'].title", "github.event.issue.title"],
    ['github.event["pull_request"].head.ref', "github.event.pull_request.head.ref"],
    ["GITHUB.HEAD_REF", "github.head_ref"],
    ["github.event.commits[0].message", "github.event.commits.0.message"],
    ["format('x {0}', github.event.comment.body)", "github.event.comment.body"],
    ["toJSON(github.event)", "github.event"],
    ["github.event.issue.number", undefined],
    ["github.event.pull_request.head.sha", undefined],
    ["github.sha", undefined],
    ["'github.event.issue.title'", undefined],
  ])("%s carries %s", (expression, source) => {
    expect(outsiderText(expression)).toBe(source);
  });
  it("name every context path", () => {
    expect(pathsIn("a.b && c['d-e'] == 'f.g'")).toEqual(["a.b", "c.d-e"]);
  });
});

describe("workflow rules", () => {
  it.each([
    [
      "a script of github-script",
      "- uses: actions/github-script@v7\n  with:\n    script: |\n      log('${{ github.event.comment.body }}')",
      "fail",
    ],
    [
      "an environment variable read as an expression",
      "- run: echo ${{ env.T }}\n  env:\n    T: ${{ github.head_ref }}",
      "fail",
    ],
    ["an environment variable read by the shell", '- run: echo "$T"\n  env:\n    T: ${{ github.head_ref }}', "pass"],
    ["the input of an action", "- uses: a/b@v1\n  with:\n    t: ${{ github.head_ref }}\n- run: x", "pass"],
  ])("judges injection in %s", (_name, steps, expected) => {
    expect(status("workflow-script-injection", job(steps))).toBe(expected);
  });

  it("finds injection in composite actions", () => {
    const action =
      "name: x\nruns:\n  using: composite\n  steps:\n    - run: echo ${{ github.head_ref }}\n      shell: bash\n";
    expect(status("workflow-script-injection", action, "act/action.yml")).toBe("fail");
  });

  it.each([
    ['echo "Title: ${{ github.event.issue.title }}!"', 'echo "Title: ${ISSUE_TITLE}!"'],
    ["echo ${{ github.event.issue.title }}", 'echo "$ISSUE_TITLE"'],
  ])("mends %s as the quotes around it need", (script, mended) => {
    const { files, result } = judge("workflow-script-injection", job(`- run: |\n    ${script}\n    done`));
    if (!result) throw new Error("no finding");
    const plan = planFix(result, rule("workflow-script-injection"), files);
    if (!plan.ok) throw new Error(plan.why);
    const after = new TextDecoder().decode(plan.files.all()[0]?.bytes);
    expect(after).toContain(
      `      - run: |\n          ${mended}\n          done\n        env:\n          ISSUE_TITLE: "\${{ github.event.issue.title }}"\n`,
    );
  });

  it.each([
    "- run: echo '${{ github.event.issue.title }}'",
    "- run: cat <<EOF\n    ${{ github.event.issue.title }}\n    EOF",
    "- shell: pwsh\n  run: echo ${{ github.event.issue.title }}",
  ])("declines to mend %j", (steps) => {
    const { files, result } = judge(
      "workflow-script-injection",
      job(steps.includes("<<") ? "- run: |\n    cat <<EOF\n    ${{ github.event.issue.title }}\n    EOF" : steps),
    );
    if (!result) throw new Error("no finding");
    expect(planFix(result, rule("workflow-script-injection"), files)).toMatchObject({
      ok: false,
      why: expect.stringContaining("by hand"),
    });
  });

  it.each([
    [
      "the head of the pull request",
      "- uses: actions/checkout@v5\n  with: {ref: '${{ github.event.pull_request.head.sha }}'}\n- run: make",
      "pull_request_target",
      "fail",
    ],
    [
      "the head, and nothing is run",
      "- uses: actions/checkout@v5\n  with: {ref: '${{ github.head_ref }}'}",
      "pull_request_target",
      "pass",
    ],
    ["the head by hand", "- run: gh pr checkout 1 && make", "issue_comment", "fail"],
    [
      "the head on pull_request",
      "- uses: actions/checkout@v5\n  with: {ref: '${{ github.head_ref }}'}\n- run: make",
      "pull_request",
      "not applicable",
    ],
  ])("judges a checkout of %s", (_name, steps, on, expected) => {
    expect(status("workflow-untrusted-checkout", job(steps, on))).toBe(expected);
  });

  it.each([
    ["permissions: write-all\n", "fail"],
    ["", "fail"],
    ["permissions: {}\n", "pass"],
    ["permissions: read-all\n", "pass"],
  ])("judges the token of %j", (rest, expected) => {
    expect(status("workflow-token-permissions", job("- run: x", "push", rest))).toBe(expected);
  });

  it("accepts permissions on every job in place of the workflow", () => {
    expect(
      status(
        "workflow-token-permissions",
        "on: push\njobs:\n  a:\n    permissions: {contents: read}\n    steps: [{run: x}]\n",
      ),
    ).toBe("pass");
  });

  it.each([
    ["actions/checkout@v5", "pass"],
    ["other/x@v1", "fail"],
    ["other/x/sub@0123456789abcdef0123456789abcdef01234567", "pass"],
    ["./local", "pass"],
    ["docker://alpine:3", "fail"],
  ])("judges the pin of %s", (uses, expected) => {
    expect(status("workflow-unpinned-action", job(`- uses: ${uses}`))).toBe(expected);
  });

  it("sees self-hosted runners in lists, groups and words", () => {
    const runner = (on: string, runsOn: string) =>
      status("workflow-self-hosted-runner", `on: ${on}\njobs:\n  a:\n    runs-on: ${runsOn}\n    steps: []\n`);
    expect(runner("pull_request", "self-hosted")).toBe("fail");
    expect(runner("[push, pull_request]", "{labels: [self-hosted]}")).toBe("fail");
    expect(runner("push", "self-hosted")).toBe("not applicable");
  });
});
