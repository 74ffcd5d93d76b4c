/** A repository's own policy, from its working tree. What reads it is loaded only where there is one. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PolicyParsed } from "../../core/approve/policy.ts";
import type { Diagnostic } from "../../core/model/finding.ts";
import type { Rule } from "../../core/rules/rule.ts";
import type { ScanPolicy } from "../../core/scan-policy.ts";

const POLICY = ".github/draco.yml";
const RULES = ".github/draco/rules";

/** `.github/draco.yml`, and the rules of `.github/draco/rules/*.yml`, which are files of the same form. */
export async function readPolicy(repository: string): Promise<ScanPolicy | undefined> {
  const own = textOf(join(repository, POLICY));
  if (own === undefined && namesIn(join(repository, RULES)).length === 0) return undefined;

  const { parsePolicy } = await import("../../core/approve/policy.ts");
  const { scanPolicyOf, withRuleFiles } = await import("../../core/scan-policy.ts");
  const parsed = withRuleFiles(parsePolicy(own ?? "", POLICY), await parseRuleFiles(join(repository, RULES), RULES));
  return scanPolicyOf(parsed.policy, parsed.diagnostics);
}

/** The rules of every *.yml of a directory. @param shown how the directory is named in diagnostics. */
export async function readRuleFiles(
  directory: string,
  shown: string,
): Promise<{ readonly rules: readonly Rule[]; readonly diagnostics: readonly Diagnostic[] }> {
  const { compileCustomRules } = await import("../../core/rules/custom.ts");
  const parsed = await parseRuleFiles(directory, shown);
  return {
    rules: compileCustomRules(parsed.flatMap(({ policy }) => policy.rules)),
    diagnostics: parsed.flatMap(({ diagnostics }) => diagnostics),
  };
}

async function parseRuleFiles(directory: string, shown: string): Promise<readonly PolicyParsed[]> {
  const { parsePolicy } = await import("../../core/approve/policy.ts");
  return namesIn(directory).map((name) => parsePolicy(textOf(join(directory, name)) ?? "", `${shown}/${name}`));
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
