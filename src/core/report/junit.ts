/** JUnit XML for build servers: a suite for each root, a case for each rule and resource. */
import { isOpen, type RootReport, repositoryFile, type ScanReport, type ScanResult } from "./scan-report.ts";

export function renderJunit(report: ScanReport): string {
  const suites = report.roots.map((root) => suite(root, report));
  const all = report.roots.flatMap((root) => root.results);
  const attributes = `name="draco" tests="${all.length}" failures="${all.filter(isOpen).length}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${attributes}>\n${suites.join("")}</testsuites>\n`;
}

function suite(root: RootReport, report: ScanReport): string {
  const { results } = root;
  const failures = results.filter(isOpen).length;
  const skipped = results.filter((r) => r.suppressed || r.status === "unknown").length;
  const errors = root.errors.map(
    (e) =>
      `    <testcase classname="draco" name="${xml(`read ${e.file}`)}"><error message="${xml(e.message)}">${xml(`${e.file}:${e.line}:${e.column}`)}</error></testcase>\n`,
  );
  const head = `  <testsuite name="${xml(root.root)}" tests="${results.length + errors.length}" failures="${failures}" errors="${errors.length}" skipped="${skipped}">\n`;
  return `${head}${results.map((r) => testCase(root, r, report)).join("")}${errors.join("")}  </testsuite>\n`;
}

function testCase(root: RootReport, result: ScanResult, report: ScanReport): string {
  const file = repositoryFile(root, result.file);
  const open = `    <testcase classname="${xml(result.rule)}" name="${xml(result.resource.address)}" file="${xml(file)}" line="${result.line}"`;
  const body = bodyOf(result, file, report);
  return body === "" ? `${open}/>\n` : `${open}>\n      ${body}\n    </testcase>\n`;
}

function bodyOf(result: ScanResult, file: string, report: ScanReport): string {
  if (result.suppressed) return `<skipped message="${xml(`suppressed: ${result.suppressed.reason}`)}"/>`;
  if (result.status === "unknown") return `<skipped message="${xml(result.message)}"/>`;
  if (result.status === "pass") return "";
  const rule = report.rules[result.rule];
  const text = [
    `${file}:${result.line}`,
    ...(result.evidence.path === "" ? [] : [`seen: ${result.evidence.path} = ${result.evidence.value}`]),
    ...(rule ? [`why: ${rule.why}`, `fix: ${rule.remedy}`] : []),
  ].join("\n");
  return `<failure message="${xml(result.message)}" type="${result.severity}">${xml(text)}</failure>`;
}

/** XML 1.0 cannot hold most control characters at all, not even escaped. */
const xml = (text: string): string =>
  text
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, "\ufffd")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\n/g, "&#10;");
