/** Gates that look at the text of a patch: how much, where, and what words it adds. */
import type { Edit } from "../../model/patch.ts";
import { type Rejection, reject } from "./gate.ts";

const MOST_LINES = 40;
const MOST_FILES = 2;

export function sizeGate(edits: readonly Edit[], replaced: (edit: Edit) => string): Rejection | undefined {
  const files = new Set(edits.map((e) => e.file)).size;
  if (files > MOST_FILES) return reject("size", "TOO_MANY_FILES", `${files} files, ${MOST_FILES} at most`);
  const lines = edits.reduce((n, e) => n + Math.max(countLines(e.text), countLines(replaced(e))), 0);
  if (lines > MOST_LINES) return reject("size", "TOO_LONG", `${lines} lines, ${MOST_LINES} at most`);
  if (edits.length === 0) return reject("size", "EMPTY", "nothing is changed");
  return undefined;
}

const countLines = (text: string): number => (text === "" ? 0 : text.split("\n").length);

/** Only files that the finding names; never configuration of CI, of owners, of Draco, of versions or of state. */
export function filesGate(edits: readonly Edit[], allowed: readonly string[]): Rejection | undefined {
  for (const { file } of edits) {
    if (!allowed.includes(file)) return reject("files", "OTHER_FILE", `${file} is not the finding's file`, true);
    if (NEVER.test(file) || file.split("/").includes("..")) return reject("files", "DENIED_FILE", file, true);
    if (!/^[\x21-\x7e]+$/.test(file)) return reject("files", "ODD_NAME", "the path has unusual characters", true);
  }
  return undefined;
}

const NEVER = /(^|\/)(\.[^/]+|CODEOWNERS)(\/|$)|\.lock\.hcl$|\.tfstate|\.tfvars(\.json)?$|_override\.tf(\.json)?$/i;

const SUPPRESSIONS =
  /(checkov|bridgecrew|cortex)\s*:\s*skip|(tfsec|trivy|draco)\s*:\s*ignore|kics-scan|#\s*nosec|ts:skip|cfn[-_]nag/i;

/** A finding is mended, never talked away. */
export const suppressionGate = (added: string): Rejection | undefined =>
  SUPPRESSIONS.test(added) ? reject("suppression", "SUPPRESSES", "adds a suppression", true) : undefined;

/**
 * Words that open something up. A patch may keep those that stood in the text that it replaces, never add one:
 * coarse on purpose, since the rules decide what is safe only for what they know.
 */
const WIDENING: readonly (readonly [RegExp, string])[] = [
  [/["'\s[,:]\*["'\s\],]|:\*|\*"/g, "a wildcard"],
  [/\b0\.0\.0\.0\/[0-7]\b|(?<![\w:])(0{0,4}:){1,7}:?0{0,4}\/[0-7]\b|::\/0/g, "an address range of the whole internet"],
  [/\b(allUsers|allAuthenticatedUsers|AllUsers|AuthenticatedUsers)\b/g, "everyone"],
  [/\bpublic-read(-write)?\b|\bauthenticated-read\b|\bpublicly?_?accessible\s*=\s*true/gi, "public access"],
  [/\bAdministratorAccess\b|\bPowerUserAccess\b|roles\/(owner|editor)\b/g, "an administrator's permissions"],
  [/\b(privileged|allow_privilege_escalation|host_network|host_pid|host_ipc)\s*[=:]\s*true/gi, "privileges"],
  [/https?:\/\//gi, "a URL"],
  [/\b\d{12}\b/g, "an account number"],
];

export function widerAccessGate(removed: string, added: string): Rejection | undefined {
  for (const [pattern, what] of WIDENING) {
    const count = (text: string): number => text.match(pattern)?.length ?? 0;
    if (count(added) > count(removed)) return reject("wider-access", "ADDS_ACCESS", `adds ${what}`, true);
  }
  if (/[\p{Cf}\p{Co}]|[^\P{Cc}\n\r\t]/u.test(added)) {
    return reject("wider-access", "INVISIBLE", "adds invisible characters", true);
  }
  return undefined;
}
