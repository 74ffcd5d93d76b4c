/** A scan as Markdown, for a job summary or an issue. Text of the repository cannot pose as markup. */
import { SEVERITIES, severityRank } from "../model/finding.ts";
import { cell, codeSpan, neutralise } from "./neutralise.ts";
import { isOpen, repositoryFile, type ScanReport } from "./scan-report.ts";
import { plural } from "./style.ts";

export function renderMarkdown(report: ScanReport): string {
  const open = report.roots
    .flatMap((root) => root.results.filter(isOpen).map((result) => ({ root, result })))
    .sort((a, b) => severityRank(b.result.severity) - severityRank(a.result.severity));
  const counts = [...SEVERITIES]
    .reverse()
    .map((s) => ({ s, n: open.filter((o) => o.result.severity === s).length }))
    .filter(({ n }) => n > 0)
    .map(({ s, n }) => `${n} ${s}`);
  const head =
    open.length === 0
      ? "### Draco found nothing"
      : `### Draco: ${plural(open.length, "finding")} (${counts.join(", ")})`;
  const rows = open.map(
    ({ root, result }) =>
      `| ${result.severity} | ${codeCell(`${repositoryFile(root, result.file)}:${result.line}`)} | ${codeCell(result.resource.address)} | ${cell(result.message)} | ${codeSpan(result.rule)} |`,
  );
  const table =
    rows.length === 0
      ? []
      : ["| Severity | Where | Resource | What | Rule |\n|---|---|---|---|---|", ...rows].join("\n");
  const met = new Set(open.map((o) => o.result.rule));
  const rules = Object.entries(report.rules)
    .filter(([id]) => met.has(id))
    .map(([id, rule]) => `- ${codeSpan(id)}: ${neutralise(rule.why, 600)} **Fix:** ${neutralise(rule.remedy, 600)}`);
  const why =
    rules.length === 0
      ? []
      : [`<details><summary>Why these matter, and how to fix them</summary>\n\n${rules.join("\n")}\n\n</details>`];
  const errors = report.roots.flatMap((root) =>
    root.errors.map((e) => `- ${codeSpan(`${repositoryFile(root, e.file)}:${e.line}`)} ${neutralise(e.message)}`),
  );
  const problems = errors.length === 0 ? [] : [`#### Not understood\n${errors.join("\n")}`];
  return `${[head, ...[table].flat(), ...why, ...problems].join("\n\n")}\n`;
}

/** A table splits its cells before it looks for code: a bar must be escaped even there (GFM, tables). */
const codeCell = (text: string): string => codeSpan(text).replace(/\|/g, "\\|");
