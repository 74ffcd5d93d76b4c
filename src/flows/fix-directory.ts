/** `draco fix PATH`: plan what fixers can write, prove it on the files, and keep only what is proven. */
import { planFix, planFixes } from "../core/fix/fix.ts";
import { type Proof, proveFix } from "../core/fix/prove.ts";
import type { FixRisk } from "../core/model/patch.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import { type ReadOptions, readFiles } from "../core/read/read-files.ts";
import type { Reading } from "../core/read/reading.ts";
import type { FileChange } from "../core/report/diff.ts";
import { type Judgement, runRules, selectRules } from "../core/rules/engine.ts";
import type { Rule } from "../core/rules/rule.ts";
import type { ScannedRoot } from "./scan-directory.ts";

export interface MendOptions {
  /** Every rule that was loaded. */
  readonly rules: readonly Rule[];
  readonly profile?: "default" | "strict";
  readonly risks: readonly FixRisk[];
  readonly read?: ReadOptions;
  /** Asked for each finding with the change that would mend it; absent: all of them. */
  readonly choose?: (finding: Judgement, change: readonly FileChange[]) => Promise<boolean>;
  readonly onProgress?: (message: string) => void;
}

export interface Mended {
  readonly mended: readonly Judgement[];
  readonly declined: readonly { readonly finding: Judgement; readonly why: string }[];
  readonly changes: readonly FileChange[];
}

interface State {
  readonly files: readonly SourceFile[];
  readonly reading: Pick<Reading, "stacks" | "diagnostics">;
}

export async function mendRoot(root: ScannedRoot, options: MendOptions): Promise<Mended> {
  const byId = new Map(options.rules.map((rule) => [rule.id, rule]));
  const declined: { finding: Judgement; why: string }[] = [];
  const wanted: Judgement[] = [];
  for (const finding of root.judged.results) {
    if (finding.status !== "fail" || finding.suppressed) continue;
    const rule = byId.get(finding.rule);
    const why = rule ? whyNot(finding, rule, root.input.files, options.risks) : undefined;
    if (why !== undefined) declined.push({ finding, why });
    else if (await isChosen(finding, rule, root.input.files, options)) wanted.push(finding);
  }

  const mender = new Mender(root, options, { files: root.input.files, reading: root.input.reading });
  await mender.mend(wanted);
  const was = new Map(root.input.files.map((file) => [file.path, file]));
  const changes = mender.state.files.flatMap((after) => {
    const before = was.get(after.path);
    return before && before !== after ? [{ before, after }] : [];
  });
  return { mended: mender.mended, declined: [...declined, ...mender.declined], changes };
}

function whyNot(
  finding: Judgement,
  rule: Rule,
  files: readonly SourceFile[],
  risks: readonly FixRisk[],
): string | undefined {
  if (!rule.fix) return "it needs a person: there is no fixer for this rule";
  if (rule.fix.risk === "needs-value") return "it needs a value that only a person can choose";
  if (!risks.includes(rule.fix.risk)) return `its fix is ${WORDS[rule.fix.risk]}`;
  const plan = planFix(finding, rule, files);
  return plan.ok ? undefined : plan.why;
}

const WORDS: { readonly [risk in FixRisk]: string } = {
  "in-place": "done in place",
  disruptive: "disruptive: allow it with --risk disruptive",
  replaces: "a replacement of the resource: allow it with --risk all",
  "needs-value": "a value that only a person can choose",
};

async function isChosen(
  finding: Judgement,
  rule: Rule | undefined,
  files: readonly SourceFile[],
  { choose }: MendOptions,
): Promise<boolean> {
  if (!choose || !rule) return true;
  const plan = planFix(finding, rule, files);
  return plan.ok && choose(finding, plan.files.changed());
}

/** Tries many fixes at once; where they are not proven together, halves them, down to the one that is at fault. */
class Mender {
  state: State;
  readonly mended: Judgement[] = [];
  readonly declined: { finding: Judgement; why: string }[] = [];
  readonly #root: ScannedRoot;
  readonly #options: MendOptions;
  readonly #rules: readonly Rule[];
  readonly #byId: ReadonlyMap<string, Rule>;

  constructor(root: ScannedRoot, options: MendOptions, state: State) {
    this.#root = root;
    this.#options = options;
    this.state = state;
    this.#byId = new Map(options.rules.map((rule) => [rule.id, rule]));
    this.#rules = selectRules(options.rules, { profile: options.profile ?? "default" });
  }

  async mend(findings: readonly Judgement[]): Promise<void> {
    if (findings.length === 0) return;
    const now = this.#asTheyAreNow(findings);
    const { plans, files } = planFixes(now, this.#byId, this.state.files);
    const planned = plans.flatMap(({ finding, plan }) => (plan.ok ? [finding] : []));
    const gone = findings.filter((f) => !now.some((n) => n.fingerprint === f.fingerprint));
    this.mended.push(...gone);
    if (planned.length > 0) {
      this.#options.onProgress?.(`proving ${planned.length} fixes, ${this.mended.length} done`);
      const after = { files: files.all(), reading: await readFiles(files.all(), this.#options.read) };
      const proof = this.#prove(planned, after);
      if (proof.ok) {
        this.state = after;
        this.mended.push(...planned);
      } else if (findings.length === 1) {
        this.#decline(findings, proof);
        return;
      } else {
        const half = Math.ceil(findings.length / 2);
        await this.mend(findings.slice(0, half));
        await this.mend(findings.slice(half));
        return;
      }
    }
    await this.#again(
      plans.flatMap(({ finding, plan }) => (plan.ok ? [] : [{ finding, why: plan.why }])),
      planned.length,
    );
  }

  /** What could not be planned beside others may go on its own, on the files as they are by now. */
  async #again(left: readonly { finding: Judgement; why: string }[], progress: number): Promise<void> {
    if (left.length > 0 && progress > 0) await this.mend(left.map(({ finding }) => finding));
    else this.declined.push(...left);
  }

  #decline(findings: readonly Judgement[], proof: Proof): void {
    const why = proof.problems.slice(0, 3).join("; ") || "the fixer would edit the same place again and again";
    for (const finding of findings) this.declined.push({ finding, why: `not proven: ${why}` });
  }

  /** The same findings with the views of the files as they are by now; what is gone meanwhile is left out. */
  #asTheyAreNow(findings: readonly Judgement[]): readonly Judgement[] {
    if (this.state.files === this.#root.input.files) return findings;
    const rules = [...new Set(findings.map((f) => f.rule))].flatMap((id) => this.#byId.get(id) ?? []);
    const { repositoryPath } = this.#root.input;
    const { results } = runRules({ stacks: this.state.reading.stacks, rules, repositoryPath });
    return results.filter((r) => findings.some((f) => f.fingerprint === r.fingerprint));
  }

  #prove(findings: readonly Judgement[], after: State): Proof {
    return proveFix({
      findings,
      rules: [...new Set([...this.#rules, ...findings.flatMap((f) => this.#byId.get(f.rule) ?? [])])],
      before: this.state.reading,
      after: after.reading,
      files: after.files,
      repositoryPath: this.#root.input.repositoryPath,
    });
  }
}
