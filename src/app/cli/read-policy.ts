/** A repository's own policy, from its working tree. What reads it is loaded only where there is one. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../../core/model/finding.ts";
import type { Rule } from "../../core/rules/rule.ts";
import type { RepositoryPolicy } from "../../flows/scan-deps.ts";

const POLICY = ".github/draco.yml";
const RULES = ".github/draco/rules";

/** `.github/draco.yml`, and the rules of `.github/draco/rules/*.yml`, which are files of the same form. */
export async function readPolicy(repository: string): Promise<RepositoryPolicy | undefined> {
  const own = textOf(join(repository, POLICY));
  if (own === undefined && namesIn(join(repository, RULES)).length === 0) return undefined;

  const { parsePolicy } = await import("../../core/approve/policy.ts");
  const { compileCustomRules } = await import("../../core/rules/custom.ts");
  const parsed = parsePolicy(own ?? "", POLICY);
  const more = await readRuleFiles(join(repository, RULES), RULES);
  const { scan, waivers } = parsed.policy;
  return {
    profile: scan.profile,
    severity: scan.severity,
    failOn: scan.failOn,
    paths: scan.paths,
    ignore: scan.ignore,
    disable: scan.disable,
    rules: [...compileCustomRules(parsed.policy.rules), ...more.rules],
    waivers,
    diagnostics: [...parsed.diagnostics, ...more.diagnostics],
  };
}

/** The rules of every *.yml of a directory. @param shown how the directory is named in diagnostics. */
export async function readRuleFiles(
  directory: string,
  shown: string,
): Promise<{ readonly rules: readonly Rule[]; readonly diagnostics: readonly Diagnostic[] }> {
  const { parsePolicy } = await import("../../core/approve/policy.ts");
  const { compileCustomRules } = await import("../../core/rules/custom.ts");
  const parsed = namesIn(directory).map((name) => parsePolicy(textOf(join(directory, name)) ?? "", `${shown}/${name}`));
  return {
    rules: compileCustomRules(parsed.flatMap(({ policy }) => policy.rules)),
    diagnostics: parsed.flatMap(({ diagnostics }) => diagnostics),
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
  } catch {
    return [];
  }
}
