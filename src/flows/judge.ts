/** What a commit looks like to Draco: its files, what they say, and every rule's answer. Shared by the flows that look. */
import type { Repo } from "../adapters/github/types.ts";
import type { Repository } from "../adapters/store/repositories.ts";
import { type Policy, type PolicyParsed, parsePolicy } from "../core/approve/policy.ts";
import type { Diagnostic, Skipped } from "../core/model/finding.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import { readFiles } from "../core/read/read-files.ts";
import type { Reading } from "../core/read/reading.ts";
import type { Judgement } from "../core/rules/engine.ts";
import type { Rule } from "../core/rules/rule.ts";
import { judgeRoot } from "../core/scan.ts";
import { isRuleFile, isWanted, judgingUnder, leftOut, scanPolicyOf, withRuleFiles } from "../core/scan-policy.ts";
import type { Deps } from "./deps.ts";
import { readRepository } from "./read-repository.ts";
import type { ScanMemory } from "./scan-memory.ts";

export const POLICY_PATH = ".github/draco.yml";

export interface PolicyRead {
  readonly policy: Policy;
  readonly diagnostics: readonly Diagnostic[];
}

/** Policy is read from the default branch only: a pull request cannot relax the rules that judge it. */
export async function readPolicy(deps: Deps, repository: Repository, repo: Repo): Promise<PolicyRead> {
  const bytes = await deps.github.readFile(repo, POLICY_PATH, repository.defaultBranch);
  const parsed = parsePolicy(bytes ? new TextDecoder().decode(bytes) : "", POLICY_PATH);
  return { policy: parsed.policy, diagnostics: parsed.diagnostics };
}

/** The same with the rules of `.github/draco/rules`, as the command line has it: for whoever judges. */
export async function readScanPolicy(deps: Deps, repository: Repository, repo: Repo): Promise<PolicyRead> {
  const { entries } = await deps.github.listTree(repo, repository.defaultBranch);
  const paths = entries.map((entry) => entry.path);
  const read = async (path: string): Promise<PolicyParsed> => {
    const bytes = await deps.github.readFile(repo, path, repository.defaultBranch);
    return parsePolicy(bytes ? new TextDecoder().decode(bytes) : "", path);
  };
  const files = await Promise.all(paths.filter(isRuleFile).sort().map(read));
  return withRuleFiles(await read(POLICY_PATH), files);
}

export interface Judged {
  readonly sha: string;
  readonly files: readonly SourceFile[];
  readonly reading: Reading;
  readonly rules: readonly Rule[];
  readonly results: readonly Judgement[];
  readonly diagnostics: readonly Diagnostic[];
  readonly skipped: readonly Skipped[];
}

/** Reads a commit and asks every rule. */
export async function judgeCommit(deps: Deps, repo: Repo, sha: string, policy: Policy): Promise<Judged> {
  const { files, skipped } = await readRepository(deps, repo, sha);
  const judged = await judgeFiles(deps, files, policy, deps.memory?.(repo.id));
  return { sha, ...judged, skipped: [...skipped, ...judged.skipped] };
}

/** The same for files at hand, such as a commit with a patch on top. */
export async function judgeFiles(
  deps: Pick<Deps, "rules" | "now">,
  files: readonly SourceFile[],
  policy: Policy,
  memory?: ScanMemory,
): Promise<Omit<Judged, "sha">> {
  const scan = scanPolicyOf(policy);
  const rules = [...(await deps.rules()), ...scan.rules];
  const wanted = files.filter((file) => isWanted(scan, file.path));
  const reading = await readFiles(wanted, memory && { memory: memory.reading });
  const judged = judgeRoot(
    { root: ".", repositoryPath: "", files: wanted, reading },
    {
      ...judgingUnder(scan),
      rules,
      keep: "failures",
      today: deps.now().toISOString().slice(0, 10),
      ...(memory && { memory: memory.judgements }),
    },
  );
  const ignored = files.filter((file) => !isWanted(scan, file.path)).map((file) => leftOut(file.path));
  return { files: wanted, reading, rules, ...judged, skipped: [...ignored, ...reading.skipped] };
}
