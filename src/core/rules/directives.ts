/** Reads suppression comments: Draco's own, and those of checkov, tfsec, trivy and KICS for those who migrate. */
import type { Diagnostic } from "../model/finding.ts";
import type { SourceRange } from "../model/source-range.ts";
import type { Comment } from "../read/reading.ts";

/**
 * What a directive covers: the block or attribute it stands on or above ("target"), the block it stands in
 * ("enclosing"), the next line, the next block, or its whole file.
 */
export type Scope = "target" | "enclosing" | "line" | "block" | "file";

export interface Directive {
  /** Ids as written, lower case; "*" inside one stands for anything. */
  readonly ids: readonly string[];
  readonly scope: Scope;
  readonly reason: string;
  /** ISO date, inclusive. */
  readonly until?: string;
  /** Attributes that must hold these texts (trivy: `[name=logs]`). */
  readonly where: readonly { readonly path: string; readonly text: string }[];
  readonly at: SourceRange;
  /** Line that a comment on or above something speaks of; 0 where nothing follows. */
  readonly targetLine: number;
}

export interface Directives {
  readonly directives: readonly Directive[];
  readonly diagnostics: readonly Diagnostic[];
}

const MAY_SUPPRESS = /draco:ignore|(?:checkov|bridgecrew|cortex):skip|(?:tfsec|trivy):ignore|kics-scan/i;
const ISO_DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** @param linesOf the lines of a file, undefined where it is not at hand. */
export function readDirectives(
  comments: readonly Comment[],
  linesOf: (file: string) => readonly string[] | undefined,
): Directives {
  const directives: Directive[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const comment of comments) {
    if (!MAY_SUPPRESS.test(comment.text)) continue;
    const targetLine = targetOf(comment.range, linesOf(comment.range.file));
    comment.text.split("\n").forEach((line, index) => {
      const at = { ...comment.range, line: comment.range.line + index, endLine: comment.range.line + index };
      const base = { at, targetLine, where: [] };
      for (const found of [...draco(line), ...checkov(line), ...trivy(line), ...kics(line)]) {
        if ("problem" in found) diagnostics.push(warning(at, found.problem));
        else directives.push({ ...base, ...found });
      }
    });
  }
  return { directives, diagnostics };
}

type Found = Pick<Directive, "ids" | "scope" | "reason"> & Partial<Directive>;
type Problem = { readonly problem: string };

/** # draco:ignore RULE[,RULE] [until=YYYY-MM-DD] -- reason */
function draco(line: string): readonly (Found | Problem)[] {
  const match = /draco:ignore\s+(.*)$/i.exec(line);
  if (!match) return /draco:ignore/i.test(line) ? [{ problem: "draco:ignore names no rule" }] : [];
  const [head = "", ...rest] = (match[1] ?? "").split(/\s--\s|\s--$/);
  const words = head.split(/[\s,]+/).filter((word) => word !== "");
  const dates = words.filter((word) => word.startsWith("until="));
  const ids = words.filter((word) => !word.startsWith("until=")).map((word) => word.toLowerCase());
  const until = dates.at(-1)?.slice("until=".length);
  if (until !== undefined && !ISO_DATE.test(until))
    return [{ problem: `draco:ignore: "${until}" is not a date of the form YYYY-MM-DD; nothing is ignored` }];
  const strange = ids.find((id) => !/^[a-z0-9_*-]+$/.test(id));
  if (ids.length === 0) return [{ problem: "draco:ignore names no rule" }];
  if (strange)
    return [
      { problem: `draco:ignore: "${strange}" is not a rule id; write a reason after " -- ". Nothing is ignored` },
    ];
  return [{ ids, scope: "target", reason: said(rest.join(" -- ")), ...(until !== undefined && { until }) }];
}

/** # checkov:skip=ID[,ID]:reason, inside the block. */
function checkov(line: string): readonly Found[] {
  const found: Found[] = [];
  for (const match of line.matchAll(/(?:checkov|bridgecrew|cortex):skip=([A-Za-z0-9_,\s*-]+?)(?::\s*(.*))?$/gi)) {
    const ids = idList(match[1]);
    if (ids.length > 0) found.push({ ids, scope: "enclosing", reason: said(match[2]) });
  }
  return found;
}

/** # trivy:ignore:ID[attr=value]:exp:2026-12-31 trivy:ignore:ID2, on or above; tfsec likewise. */
function trivy(line: string): readonly Found[] {
  const found: Found[] = [];
  for (const match of line.matchAll(/(?:tfsec|trivy):ignore:(\S+)/gi)) {
    const [, id = "", params = "", options = ""] =
      /^([^[:]+)(?:\[([^\]]*)\])?((?::[^:]*)*)$/.exec(match[1] ?? "") ?? [];
    if (id === "") continue;
    const until = /:exp:(\d{4}-\d{2}-\d{2})/.exec(options)?.[1];
    const where = params
      .split(",")
      .filter((pair) => pair.includes("="))
      .map((pair) => ({
        path: pair.slice(0, pair.indexOf("=")).trim(),
        text: pair.slice(pair.indexOf("=") + 1).trim(),
      }));
    found.push({ ids: [id.toLowerCase()], scope: "target", reason: said(""), where, ...(until && { until }) });
  }
  return found;
}

/** # kics-scan ignore-line | ignore-block | ignore | disable=ID,ID */
function kics(line: string): readonly Found[] {
  const match = /kics-scan\s+(ignore-line|ignore-block|ignore|disable=(\S+))/i.exec(line);
  if (!match) return [];
  const verb = (match[1] ?? "").toLowerCase();
  if (verb === "ignore-line") return [{ ids: ["*"], scope: "line", reason: said("") }];
  if (verb === "ignore-block") return [{ ids: ["*"], scope: "block", reason: said("") }];
  return [{ ids: verb === "ignore" ? ["*"] : idList(match[2]), scope: "file", reason: said("") }];
}

const idList = (text: string | undefined): readonly string[] =>
  (text ?? "")
    .split(",")
    .map((id) => id.trim().toLowerCase())
    .filter((id) => id !== "");

const said = (reason: string | undefined): string => reason?.trim().replace(/\s*\*\/$/, "") || "no reason given";

/** A comment behind code speaks of its line; one on a line of its own of the next line that is not a comment. */
function targetOf(range: SourceRange, lines: readonly string[] | undefined): number {
  if (!lines) return range.endLine + 1;
  const own = lines[range.line - 1] ?? "";
  if (!COMMENT_LINE.test(own)) return range.line;
  for (let line = range.endLine + 1; line <= lines.length; line++) {
    const text = lines[line - 1] ?? "";
    if (text.trim() === "") return 0;
    if (!COMMENT_LINE.test(text)) return line;
  }
  return 0;
}

const COMMENT_LINE = /^\s*(?:#|\/\/|\/\*|\*)/;

const warning = (at: SourceRange, summary: string): Diagnostic => ({
  severity: "warning",
  summary,
  file: at.file,
  line: at.line,
  column: 1,
  range: at,
});
