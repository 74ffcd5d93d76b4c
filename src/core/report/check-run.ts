/** The check run of a scan: title, summary and annotations. Pure. */
import { type Diagnostic, type Result, SEVERITIES, type Severity, severityRank } from "../model/finding.ts";
import { cell, codeSpan, plainText } from "./neutralise.ts";

export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: "notice" | "warning" | "failure";
  readonly title: string;
  readonly message: string;
}

export interface CheckRunText {
  readonly conclusion: "success" | "failure" | "neutral";
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

/** A pull request beside the commit that it leaves from. */
export interface Compared {
  readonly base: string;
  /** Findings that were there before and still are. */
  readonly before: number;
  /** Findings that it mends. */
  readonly fixed: number;
}

export interface ScanFacts {
  /** For a pull request: `results` are then what it brings. */
  readonly compared?: Compared;
  readonly results: readonly Result[];
  readonly diagnostics: readonly Diagnostic[];
  readonly skipped: number;
  readonly files: number;
  readonly failOn: Severity | "none";
  /** Rule id to what it says. */
  readonly rules: ReadonlyMap<string, { readonly title: string; readonly remedy: string }>;
}

/** GitHub shows at most this many well; the rest is in the summary's count. */
const MOST_ANNOTATIONS = 300;

export function renderCheckRun(scan: ScanFacts): CheckRunText {
  const failures = openFailures(scan.results);
  const gating = failures.filter(
    (f) => scan.failOn !== "none" && severityRank(f.severity) >= severityRank(scan.failOn),
  );
  const unread = scan.diagnostics.filter((d) => d.severity === "error").length;
  return {
    conclusion: gating.length > 0 ? "failure" : failures.length > 0 || unread > 0 ? "neutral" : "success",
    title: title(failures, unread, scan.compared),
    summary: summary(scan, failures, unread),
    annotations: [...annotationsOf(scan, failures), ...scan.diagnostics.map(broken)].slice(0, MOST_ANNOTATIONS),
  };
}

/** Failures that nobody suppressed, the gravest first, then by place. */
export function openFailures(results: readonly Result[]): Result[] {
  return results
    .filter((r) => r.status === "fail" && !r.suppressed)
    .sort(
      (a, b) =>
        severityRank(b.severity) - severityRank(a.severity) || a.resource.address.localeCompare(b.resource.address),
    );
}

/** "2 critical, 1 high" or "nothing found". */
export function countBySeverity(results: readonly { readonly severity: Severity }[]): string {
  const parts = [...SEVERITIES]
    .reverse()
    .map((s) => ({ s, n: results.filter((r) => r.severity === s).length }))
    .filter(({ n }) => n > 0);
  return parts.length === 0 ? "nothing found" : parts.map(({ s, n }) => `${n} ${s}`).join(", ");
}

function title(failures: readonly Result[], unread: number, compared: Compared | undefined): string {
  const found = compared ? comparison(failures, compared) : countBySeverity(failures);
  return unread === 0 ? found : `${found}; ${unread} place(s) could not be read`;
}

/** "brings 1 high, mends 2; 5 were there before" */
export function comparison(failures: readonly Result[], compared: Compared): string {
  const brings = failures.length === 0 ? "brings nothing new" : `brings ${countBySeverity(failures)}`;
  return `${brings}, mends ${compared.fixed}; ${compared.before} were there before`;
}

function summary(scan: ScanFacts, failures: readonly Result[], unread: number): string {
  const undecided = scan.results.filter((r) => r.status === "unknown").length;
  const suppressed = scan.results.filter((r) => r.suppressed).length;
  const read = `Read ${scan.files} file(s), skipped ${scan.skipped}.`;
  const open = `${failures.length} open, ${suppressed} suppressed, ${undecided} not decidable before apply.`;
  const table =
    failures.length === 0
      ? scan.compared
        ? "This pull request brings nothing that is wrong."
        : "Nothing to do."
      : `| | Rule | Resource | Where | How to fix |\n|---|---|---|---|---|\n${failures
          .slice(0, 50)
          .map((f) => row(scan, f))
          .join("\n")}`;
  const more = failures.length > 50 ? `\n\n…and ${failures.length - 50} more; \`draco scan .\` lists them all.` : "";
  const broken = unread > 0 ? `\n\n**${unread} place(s) could not be read**: what stands there was not checked.` : "";
  return `${read} ${open}\n\n${table}${more}${broken}`;
}

function row(scan: ScanFacts, f: Result): string {
  const where = "file" in f.at ? `${f.at.file}:${f.at.line}` : f.at.id;
  const rule = scan.rules.get(f.rule);
  return `| ${f.severity} | ${codeSpan(f.rule)} | ${codeSpan(f.resource.address)} | ${codeSpan(where)} | ${cell(rule?.remedy ?? "", 160)} |`;
}

function annotationsOf(scan: ScanFacts, failures: readonly Result[]): Annotation[] {
  return failures.flatMap((f) => {
    if (!("file" in f.at)) return [];
    const rule = scan.rules.get(f.rule);
    return [
      {
        path: f.at.file,
        startLine: f.at.line,
        endLine: Math.min(f.at.endLine, f.at.line + 20),
        level:
          severityRank(f.severity) >= 2
            ? ("failure" as const)
            : f.severity === "medium"
              ? ("warning" as const)
              : ("notice" as const),
        title: plainText(f.rule, 200),
        message: plainText(`${f.message} ${rule ? `How to fix: ${rule.remedy}` : ""}`, 2_000),
      },
    ];
  });
}

const broken = (d: Diagnostic): Annotation => ({
  path: d.file,
  startLine: Math.max(1, d.line),
  endLine: Math.max(1, d.line),
  level: d.severity === "error" ? "warning" : "notice",
  title: "Could not be read",
  message: plainText(`${d.summary}${d.detail ? `: ${d.detail}` : ""}`, 2_000),
});
