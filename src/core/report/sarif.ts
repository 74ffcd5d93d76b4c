/** SARIF 2.1.0 for code scanning: repository-relative paths, fingerprints that survive line moves, help for each rule. */
import type { Log, PropertyBag, ReportingDescriptor, Result, Run, Suppression } from "sarif";
import type { Severity } from "../model/finding.ts";
import { type RootReport, type RuleInfo, repositoryFile, type ScanReport, type ScanResult } from "./scan-report.ts";

/** GitHub ranks code scanning alerts by this number (CVSS-like, as text). */
const SECURITY_SEVERITY: { readonly [s in Severity]: string } = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.5",
};
const LEVEL: { readonly [s in Severity]: "error" | "warning" | "note" } = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
};

/** @param version of Draco. */
export function renderSarif(report: ScanReport, version: string): string {
  const ids = Object.keys(report.rules);
  const index = new Map(ids.map((id, i) => [id, i]));
  const run: Run = {
    tool: {
      driver: {
        name: "Draco",
        version,
        semanticVersion: version,
        rules: ids.flatMap((id) => {
          const info = report.rules[id];
          return info ? [descriptor(id, info)] : [];
        }),
      },
    },
    columnKind: "unicodeCodePoints",
    results: report.roots.flatMap((root) =>
      root.results
        .filter((r) => r.status === "fail")
        .map((result) => sarifResult(root, result, index.get(result.rule))),
    ),
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: report.roots.flatMap((root) =>
          root.errors.map((error) => ({
            level: "error" as const,
            message: { text: error.message },
            locations: [location(repositoryFile(root, error.file), error.line, error.line)],
          })),
        ),
      },
    ],
  };
  const log: Log = {
    version: "2.1.0",
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    runs: [run],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function descriptor(id: string, info: RuleInfo): ReportingDescriptor {
  const links = info.references.map((url) => `- ${url}`).join("\n");
  const properties: PropertyBag = {
    tags: [info.category, ...info.aliases],
    precision: "high",
    "problem.severity": LEVEL[info.severity] === "note" ? "recommendation" : LEVEL[info.severity],
    ...(info.category === "security" && { "security-severity": SECURITY_SEVERITY[info.severity] }),
  };
  return {
    id,
    name: id.replace(/(?:^|-)([a-z0-9])/g, (_, c: string) => c.toUpperCase()),
    shortDescription: { text: info.title },
    fullDescription: { text: info.why },
    help: {
      text: `${info.why}\n\nHow to fix: ${info.remedy}`,
      markdown: `${info.why}\n\n**How to fix:** ${info.remedy}${links === "" ? "" : `\n\n${links}`}`,
    },
    ...(info.references[0] && { helpUri: info.references[0] }),
    defaultConfiguration: { level: LEVEL[info.severity] },
    properties,
  };
}

function sarifResult(root: RootReport, result: ScanResult, ruleIndex: number | undefined): Result {
  const seen = result.evidence.path === "" ? "" : ` (${result.evidence.path} = ${result.evidence.value})`;
  return {
    ruleId: result.rule,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: LEVEL[result.severity],
    message: { text: `${result.message}: ${result.resource.address}${seen}` },
    locations: [
      {
        ...location(repositoryFile(root, result.file), result.line, result.endLine),
        logicalLocations: [{ fullyQualifiedName: result.resource.address, kind: "resource" }],
      },
    ],
    partialFingerprints: {
      "dracoFingerprint/v1": result.fingerprint,
      primaryLocationLineHash: `${result.fingerprint}:1`,
    },
    ...(result.suppressed && { suppressions: [suppression(result.suppressed.by, result.suppressed.reason)] }),
  };
}

const suppression = (by: string, reason: string): Suppression => ({
  kind: by === "comment" ? "inSource" : "external",
  justification: reason,
});

const location = (file: string, line: number, endLine: number) => ({
  physicalLocation: {
    artifactLocation: { uri: encodeURI(file).replace(/[?#]/g, encodeURIComponent), uriBaseId: "%SRCROOT%" },
    region: { startLine: Math.max(1, line), endLine: Math.max(1, line, endLine) },
  },
});
