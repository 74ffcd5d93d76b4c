/** Writes a patch for findings of one resource: by built-in fixers or by the model, each proven before anyone sees it. */
import type { Policy } from "../core/approve/policy.ts";
import { planFixes } from "../core/fix/fix.ts";
import type { FixRisk } from "../core/model/patch.ts";
import { askModel } from "./ask-model.ts";
import type { Deps } from "./deps.ts";
import { type Attempt, prove, type Work } from "./prove-patch.ts";

type Author = (deps: Deps, work: Work) => Promise<Attempt>;

const AUTHORS: { readonly [author in Policy["remediation"]["author"]]: readonly Author[] } = {
  "fixer-first": [byFixer, askModel],
  "gemini-first": [askModel, byFixer],
  "gemini-only": [askModel],
  "fixer-only": [byFixer],
  none: [],
};

/** The first author whose patch is proven; else every author's reason. */
export async function writePatch(deps: Deps, work: Work): Promise<Attempt> {
  const reasons: string[] = [];
  for (const author of AUTHORS[work.policy.remediation.author]) {
    const attempt = await author(deps, work);
    if (attempt.kind === "written") return attempt;
    reasons.push(attempt.why);
  }
  return { kind: "declined", why: reasons.join(" ") || "The policy has nobody write fixes." };
}

/** What the fixers of these findings' rules can do together; findings without one are left for later. */
async function byFixer(_deps: Deps, work: Work): Promise<Attempt> {
  const { judged, policy } = work;
  const rules = new Map(judged.rules.map((rule) => [rule.id, rule]));
  const mendable = work.findings.filter((finding) => {
    const risk = rules.get(finding.rule)?.fix?.risk;
    return risk !== undefined && risk !== "needs-value" && policy.remediation.fixes[risk] === "propose";
  });
  const planned = planFixes(mendable, rules, judged.files);
  const done = planned.plans.filter((p) => p.plan.ok);
  if (done.length === 0) {
    const why = planned.plans.flatMap((p) => (p.plan.ok ? [] : [p.plan.why]));
    return { kind: "declined", why: why.join(" ") || "No built-in fixer serves here." };
  }
  const risk = gravestRisk(done.flatMap((p) => (p.plan.ok ? [p.plan.patch.risk] : [])));
  const touches = [...new Set(done.flatMap((p) => (p.plan.ok ? p.plan.patch.touches : [])))];
  return prove(
    work,
    done.map((p) => p.finding),
    planned.files,
    { by: "fixer", risk, touches },
  );
}

const RISKS: readonly FixRisk[] = ["in-place", "disruptive", "needs-value", "replaces"];
const gravestRisk = (risks: readonly FixRisk[]): FixRisk =>
  RISKS[Math.max(0, ...risks.map((risk) => RISKS.indexOf(risk)))] ?? "in-place";
