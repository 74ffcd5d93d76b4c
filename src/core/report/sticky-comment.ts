/** The one comment that Draco keeps up to date on a pull request or dashboard issue. Pure; 58,000 characters at most. */
import type { Result } from "../model/finding.ts";
import { type Compared, comparison, countBySeverity, openFailures } from "./check-run.ts";
import { cell, codeSpan } from "./neutralise.ts";

export interface ChangeLine {
  readonly planId: string;
  readonly title: string;
  readonly pullRequest?: number;
  readonly state: string;
  readonly risk: string;
}

export interface StickyFacts {
  readonly results: readonly Result[];
  readonly changes: readonly ChangeLine[];
  /** What a person can do now, with the exact command. */
  readonly nextStep: string;
  readonly lastCommand?: { readonly text: string; readonly by: string; readonly outcome: string };
  readonly headSha: string;
  /** For a pull request: `results` are then what it brings. */
  readonly compared?: Compared;
  readonly paused?: boolean;
}

export const STICKY_MARKER = "<!-- draco:sticky:v1 -->";
const BUDGET = 58_000;
const ROWS = [100, 50, 20, 5, 0];

/** Fewer rows until it fits: the headline, the next step and the changes always stay. */
export function renderSticky(facts: StickyFacts): string {
  const bodies = ROWS.map((rows) => render(facts, rows));
  return bodies.find((b) => b.length <= BUDGET) ?? (bodies.at(-1) ?? "").slice(0, BUDGET);
}

function render(facts: StickyFacts, rows: number): string {
  const failures = openFailures(facts.results);
  return [
    STICKY_MARKER,
    `### Draco: ${facts.compared ? comparison(failures, facts.compared) : countBySeverity(failures)}${facts.paused ? " · **paused**" : ""}`,
    `**Next:** ${facts.nextStep}`,
    changes(facts.changes),
    findings(failures, rows),
    lastCommand(facts),
    `<sub>Scanned ${codeSpan(facts.headSha.slice(0, 7))} · \`/draco help\` lists the commands</sub>`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function changes(lines: readonly ChangeLine[]): string {
  if (lines.length === 0) return "";
  const rows = lines.map(
    (l) =>
      `| ${codeSpan(l.planId)} | ${cell(l.title)} | ${l.pullRequest ? `#${l.pullRequest}` : ""} | ${l.risk} | ${cell(l.state)} |`,
  );
  return `| Change | What | Pull request | Risk | State |\n|---|---|---|---|---|\n${rows.join("\n")}`;
}

function findings(failures: readonly Result[], rows: number): string {
  if (failures.length === 0 || rows === 0) return "";
  const lines = failures.slice(0, rows).map((f) => {
    const where = "file" in f.at ? `${f.at.file}:${f.at.line}` : f.at.id;
    return `| ${f.severity} | ${codeSpan(f.rule)} | ${codeSpan(f.resource.address)} | ${codeSpan(where)} | ${cell(f.message, 160)} |`;
  });
  const more = failures.length > rows ? `\n\n…and ${failures.length - rows} more in the check run.` : "";
  return `<details${failures.length <= 10 ? " open" : ""}><summary>Findings</summary>\n\n| | Rule | Resource | Where | What |\n|---|---|---|---|---|\n${lines.join("\n")}${more}\n</details>`;
}

function lastCommand(facts: StickyFacts): string {
  const last = facts.lastCommand;
  return last
    ? `**Last command:** ${codeSpan(last.text, 120)} by ${cell(last.by, 40)}: ${cell(last.outcome, 300)}`
    : "";
}
