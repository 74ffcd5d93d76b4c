/** A repository's own policy, from its working tree. What reads it is loaded only where there is one. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RepositoryPolicy } from "../../flows/scan-deps.ts";

const POLICY = ".github/draco.yml";
const RULES = ".github/draco/rules";

/** `.github/draco.yml`, and the rules of `.github/draco/rules/*.yml`, which are files of the same form. */
export async function readPolicy(repository: string): Promise<RepositoryPolicy | undefined> {
  const own = textOf(join(repository, POLICY));
  const ruleFiles = namesIn(join(repository, RULES)).flatMap((name) => {
    const text = textOf(join(repository, RULES, name));
    return text === undefined ? [] : [{ file: `${RULES}/${name}`, text }];
  });
  if (own === undefined && ruleFiles.length === 0) return undefined;

  const { parsePolicy } = await import("../../core/approve/policy.ts");
  const { compileCustomRules } = await import("../../core/rules/custom.ts");
  const parsed = parsePolicy(own ?? "", POLICY);
  const more = ruleFiles.map(({ file, text }) => parsePolicy(text, file));
  const { scan, waivers } = parsed.policy;
  return {
    profile: scan.profile,
    severity: scan.severity,
    failOn: scan.failOn,
    paths: scan.paths,
    ignore: scan.ignore,
    disable: scan.disable,
    rules: compileCustomRules([parsed, ...more].flatMap(({ policy }) => policy.rules)),
    waivers,
    diagnostics: [parsed, ...more].flatMap(({ diagnostics }) => diagnostics),
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
