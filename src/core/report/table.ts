/** A scan for somebody at a terminal: by file, what is wrong, why it matters, how to mend it, and what was not decided. */
import { SEVERITIES, type Severity, severityRank } from "../model/finding.ts";
import { addLedgers } from "../rules/ledger.ts";
import { plainText } from "./neutralise.ts";
import { isOpen, type RootReport, type RuleInfo, type ScanReport, type ScanResult } from "./scan-report.ts";
import { plural, type Screen, type Style, styleFor, wrapText } from "./style.ts";

export function renderTable(report: ScanReport, screen: Screen): string {
  const style = styleFor(screen.colour);
  const parts = report.roots.flatMap((root) => [
    ...(report.roots.length > 1 && root.results.length > 0 ? [style.bold(plainText(root.root))] : []),
    ...byFile(root.results.filter((r) => r.status === "fail" && !r.suppressed)).map(([file, results]) =>
      fileSection(file, results, report, style, screen.width),
    ),
    ...suppressedSection(root, style),
    ...problemSection(root, style, screen.width),
  ]);
  return `${[...parts, summary(report, style, screen.width)].join("\n\n")}\n`;
}

/** Findings of one rule at one place, in several instances of one definition, are one entry. */
interface Entry {
  readonly first: ScanResult;
  readonly all: readonly ScanResult[];
}

function fileSection(
  file: string,
  results: readonly ScanResult[],
  report: ScanReport,
  style: Style,
  width: number,
): string {
  const entries = new Map<string, ScanResult[]>();
  for (const result of results) {
    const key = `${result.line} ${result.rule} ${result.message}`;
    entries.set(key, [...(entries.get(key) ?? []), result]);
  }
  const sorted = [...entries.values()]
    .flatMap((all): readonly Entry[] => (all[0] ? [{ first: all[0], all }] : []))
    .sort((a, b) => a.first.line - b.first.line || severityRank(b.first.severity) - severityRank(a.first.severity));
  const explained = new Set<string>();
  const shown = sorted.map((entry) => {
    const { rule } = entry.first;
    const info = explained.has(rule) ? undefined : report.rules[rule];
    explained.add(rule);
    return renderEntry(entry, info, style, width);
  });
  return [style.bold(plainText(file)), ...shown].join("\n");
}

function renderEntry(entry: Entry, rule: RuleInfo | undefined, style: Style, width: number): string {
  const { first, all } = entry;
  const place = `${first.file}:${first.line}`;
  const badge = style.severity(first.severity, first.severity.toUpperCase().padEnd(8));
  const lines = [
    wrapText(`${style.bold(plainText(first.message))}  ${style.dim(first.rule)}`, width, `  ${badge} `),
    wrapText(`${plainText(place)}  ${plainText(addressesOf(all))}${notes(first)}`, width, "           "),
  ];
  if (first.evidence.path !== "")
    lines.push(
      wrapText(
        plainText(`${first.evidence.path} = ${first.evidence.value}`),
        width,
        `           ${style.dim("seen")} `,
      ),
    );
  if (rule) {
    lines.push(wrapText(rule.why, width, `           ${style.dim("why ")} `));
    const how = first.fix === "automatic" ? `${rule.remedy} ${offer(rule)}` : rule.remedy;
    lines.push(wrapText(how, width, `           ${style.dim("fix ")} `));
  }
  return lines.join("\n");
}

/** What `draco fix` needs to be told to do it: in-place fixes alone are its default. */
const offer = (rule: RuleInfo): string => {
  if (rule.fixRisk === "replaces") return "(draco fix --risk all can do it; it replaces the resource)";
  if (rule.fixRisk === "disruptive") return "(draco fix --risk disruptive can do it)";
  return "(draco fix can do it)";
};

function addressesOf(all: readonly ScanResult[]): string {
  const addresses = [...new Set(all.map((r) => r.resource.address))];
  const shown = addresses.slice(0, 3).join(", ");
  return addresses.length > 3 ? `${shown} and ${addresses.length - 3} more` : shown;
}

function notes(result: ScanResult): string {
  const said = [
    ...(result.environments ? [`in ${result.environments.join(", ")}`] : []),
    ...(result.possible ? ["if it is created"] : []),
  ];
  return said.length === 0 ? "" : ` (${said.join("; ")})`;
}

function suppressedSection(root: RootReport, style: Style): readonly string[] {
  const suppressed = root.results.filter((r) => r.suppressed && r.suppressed.by !== "baseline");
  if (suppressed.length === 0) return [];
  const lines = suppressed.map((r) => {
    const until = r.suppressed?.until ? ` until ${r.suppressed.until}` : "";
    return style.dim(plainText(`  ${r.file}:${r.line} ${r.rule}: ${r.suppressed?.reason ?? ""}${until}`));
  });
  return [[style.dim("Suppressed"), ...lines].join("\n")];
}

function problemSection(root: RootReport, style: Style, width: number): readonly string[] {
  const lines = [
    ...root.errors.map((e) => ({ ...e, mark: style.red("error") })),
    ...root.warnings.map((e) => ({ ...e, mark: style.yellow("warning") })),
  ].map((e) => wrapText(plainText(e.message, 600), width, `  ${e.mark} ${plainText(e.file)}:${e.line}:${e.column} `));
  return lines.length === 0 ? [] : [[style.bold("Not understood"), ...lines].join("\n")];
}

function summary(report: ScanReport, style: Style, width: number): string {
  const results = report.roots.flatMap((root) => root.results);
  const open = results.filter(isOpen);
  const counts = [...SEVERITIES]
    .reverse()
    .map((s) => ({ severity: s, count: open.filter((r) => r.severity === s).length }));
  const files = sum(report.roots.map((root) => root.counts.files));
  const resources = sum(report.roots.map((root) => root.counts.resources));
  const read = `${plural(resources, "resource")} in ${plural(files, "file")}`;
  const headline =
    open.length === 0
      ? `${style.green(style.bold("Nothing found"))} in ${read}`
      : `${style.bold(plural(open.length, "finding"))} in ${read}: ${counts
          .filter((c) => c.count > 0)
          .map((c) => `${c.count} ${style.severity(c.severity as Severity)}`)
          .join(", ")}`;
  const fixable = open.filter((r) => r.fix === "automatic").length;
  const more = [
    ...(fixable > 0 ? [`${fixable} can be fixed by "draco fix".`] : []),
    ...suppressedCount(results),
    ...unknownSummary(report),
    ...skippedSummary(report),
  ];
  return [headline, ...more.map((line) => wrapText(style.dim(line), width))].join("\n");
}

function suppressedCount(results: readonly ScanResult[]): readonly string[] {
  const by = (kind: string): number => results.filter((r) => r.suppressed?.by === kind).length;
  const said = [
    ...(by("comment") + by("waiver") > 0 ? [`${by("comment") + by("waiver")} suppressed`] : []),
    ...(by("baseline") > 0 ? [`${by("baseline")} known from the baseline`] : []),
  ];
  return said.length === 0 ? [] : [`${said.join(", ")}.`];
}

/** What no rule could decide must not look like a pass. */
function unknownSummary(report: ScanReport): readonly string[] {
  const ledger = addLedgers(report.roots.map((root) => root.ledger));
  const open = Object.entries(ledger)
    .filter(([, row]) => row.unknown > 0)
    .sort(([, a], [, b]) => b.unknown - a.unknown);
  if (open.length === 0) return [];
  const total = sum(open.map(([, row]) => row.unknown));
  const most = open.slice(0, 3).map(([rule, row]) => `${rule} ${row.unknown}`);
  return [
    `${plural(total, "check")} could not be decided before apply (${most.join(", ")}${open.length > 3 ? ", …" : ""}); --all-results lists them.`,
  ];
}

function skippedSummary(report: ScanReport): readonly string[] {
  const reasons = new Map<string, number>();
  for (const root of report.roots)
    for (const { reason } of root.skipped) {
      const kind = reason.replace(/ \(.*\)$/, "");
      reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
    }
  const total = sum([...reasons.values()]);
  if (total === 0) return [];
  const said = [...reasons].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${count} ${reason}`);
  return [`${total} skipped: ${said.join(", ")}.`];
}

function byFile(results: readonly ScanResult[]): readonly (readonly [string, readonly ScanResult[]])[] {
  const files = new Map<string, ScanResult[]>();
  for (const result of results) {
    const list = files.get(result.file);
    if (list) list.push(result);
    else files.set(result.file, [result]);
  }
  return [...files];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
