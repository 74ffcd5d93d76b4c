/** Proves a patch before anyone sees it, whoever wrote it. */
import type { Repository } from "../adapters/store/repositories.ts";
import type { Policy } from "../core/approve/policy.ts";
import { type Proof as FixProof, proveFix } from "../core/fix/prove.ts";
import type { WorkingFiles } from "../core/fix/working-files.ts";
import type { Patch } from "../core/model/patch.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import { readFiles } from "../core/read/read-files.ts";
import type { Proof } from "../core/report/pull-request.ts";
import { unifiedDiff } from "../core/report/unified-diff.ts";
import type { Judgement } from "../core/rules/engine.ts";
import type { Judged } from "./judge.ts";

export type Attempt =
  | {
      readonly kind: "written";
      readonly patch: Patch;
      /** Fingerprints that it mends. */
      readonly fingerprints: readonly string[];
      /** The files that differ, as they will be. */
      readonly files: readonly SourceFile[];
      readonly diff: string;
      readonly proofs: readonly Proof[];
      readonly model?: string;
      readonly summary?: string;
      readonly sent?: string;
    }
  | { readonly kind: "declined"; readonly why: string };

export interface Work {
  readonly repository: Repository;
  readonly judged: Judged;
  readonly findings: readonly Judgement[];
  readonly policy: Policy;
}

/** Reads and judges everything again with the patch in place: what is not proven is not proposed. */
export async function prove(
  work: Work,
  findings: readonly Judgement[],
  files: WorkingFiles,
  author: Pick<Patch, "by" | "risk" | "touches">,
  story: { readonly model?: string; readonly summary?: string; readonly sent?: string } = {},
): Promise<Attempt> {
  const { judged } = work;
  const all = files.all();
  const after = await readFiles(all);
  const proof = proveFix({ findings, rules: judged.rules, before: judged.reading, after, files: all });
  if (!proof.ok) {
    return {
      kind: "declined",
      why: `The patch is not proven: ${proof.problems.join("; ") || "the fixer is not done after one run"}.`,
    };
  }
  const changed = files.changed();
  return {
    kind: "written",
    patch: { edits: files.edits(), ...author },
    fingerprints: findings.map((finding) => finding.fingerprint),
    files: changed.map(({ after: file }) => file),
    diff: changed.map(({ before, after: file }) => unifiedDiff(file.path, text(before), text(file))).join("\n"),
    proofs: told(
      proof,
      findings,
      after.stacks.reduce((n, stack) => n + stack.resources.length, 0),
    ),
    ...story,
  };
}

const told = (proof: FixProof, findings: readonly Judgement[], resources: number): readonly Proof[] => [
  { name: "Parses", outcome: proof.parses ? "yes, every file" : "no" },
  {
    name: "Re-scan of the whole repository",
    outcome: `${findings.map((f) => f.rule).join(", ")} gone; ${resources} resources read`,
  },
  { name: "What the rule protects", outcome: proof.intent ? "holds for the resolved resource" : "does not hold" },
  { name: "New findings of any severity", outcome: proof.nothingNew ? "none" : "some" },
  { name: "Run twice", outcome: proof.idempotent ? "the second run changes nothing" : "changes again" },
];

const text = (file: SourceFile): string => new TextDecoder().decode(file.bytes);
