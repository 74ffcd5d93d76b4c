/** Workflow commands that GitHub Actions turns into annotations (::error file=…). */
import type { Severity } from "../model/finding.ts";
import { isOpen, repositoryFile, type ScanReport } from "./scan-report.ts";

const COMMAND: { readonly [s in Severity]: "error" | "warning" | "notice" } = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "notice",
};

export function renderGithubCommands(report: ScanReport): string {
  const lines = report.roots.flatMap((root) => [
    ...root.errors.map((e) =>
      command("error", { file: repositoryFile(root, e.file), line: e.line, col: e.column, title: "Draco" }, e.message),
    ),
    ...root.results.filter(isOpen).map((result) => {
      const rule = report.rules[result.rule];
      const text = [
        `${result.resource.address}: ${result.message}`,
        ...(rule ? [rule.why, `Fix: ${rule.remedy}`] : []),
      ];
      const place = { file: repositoryFile(root, result.file), line: result.line, endLine: result.endLine };
      return command(COMMAND[result.severity], { ...place, title: `Draco ${result.rule}` }, text.join("\n"));
    }),
  ]);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function command(name: string, properties: { readonly [key: string]: string | number }, message: string): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name} ${pairs.join(",")}::${escapeData(message)}`;
}

/** As the runner's own toolkit escapes them: text of the repository cannot end the command or start another. */
const escapeData = (text: string): string => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const escapeProperty = (text: string): string => escapeData(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
