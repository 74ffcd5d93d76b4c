/**
 * Asks every rule about every resource of its types. Pure: no rule may stop another, and what was not decided is
 * counted. Knows nothing of suppressions, reports or files.
 */
import type { Diagnostic, Result, Severity, Status } from "../model/finding.ts";
import type { Format, Resource } from "../model/resource.ts";
import type { LiveRef, SourceRange } from "../model/source-range.ts";
import type { Stack } from "../read/reading.ts";
import { Estate } from "./estate.ts";
import { fingerprint } from "./fingerprint.ts";
import type { JudgedVariants, JudgementMemory } from "./judgement-memory.ts";
import { type Ledger, LedgerBook, type Outcome } from "./ledger.ts";
import { once } from "./once.ts";
import type { Rule } from "./rule.ts";
import { Sightings } from "./sightings.ts";
import type { Verdict } from "./verdict.ts";
import type { View } from "./view.ts";

/** A result, with what suppression, fixes and reports need to know of where it came from. */
export interface Judgement extends Result {
  /** Path of the stack the resource belongs to. */
  readonly stack: string;
  /** tfvars environments that it is true of, where it is not true of all that the stack was evaluated with. */
  readonly environments?: readonly string[];
  readonly possible?: boolean;
  /** As the rule saw it; never printed. */
  readonly view: View;
}

export interface RulesRun {
  readonly results: readonly Judgement[];
  readonly ledger: Ledger;
  readonly diagnostics: readonly Diagnostic[];
}

export interface RunOptions {
  readonly stacks: readonly Stack[];
  readonly rules: readonly Rule[];
  /** Results to build: failures alone, or passes and unknowns too. The ledger counts them all either way. */
  readonly keep?: "failures" | "all";
  /** Path of the scan root in its repository, so that fingerprints do not depend on where the scan was started. */
  readonly repositoryPath?: string;
  /** What earlier runs came to: stacks that are the very same are not judged again. */
  readonly memory?: JudgementMemory;
}

interface Answer {
  readonly rule: Rule;
  readonly view: View;
  readonly stack: Stack;
  readonly verdict: Verdict;
}

export function runRules(options: RunOptions): RulesRun {
  const rulesFor = indexByType(options.rules);
  const ledger = new LedgerBook();
  const diagnostics: Diagnostic[] = [];
  const results: Judgement[] = [];
  for (const variants of variantsOf(options.stacks)) {
    const judged = options.memory?.recall(variants, options) ?? judgeVariants(variants, rulesFor, options);
    options.memory?.keep(variants, options, judged);
    for (const result of judged.results) results.push(result);
    diagnostics.push(...judged.diagnostics);
    ledger.add(judged.ledger);
  }
  return { results: results.sort(inReadingOrder), ledger: ledger.close(), diagnostics };
}

/** Every rule's answer about one root module, in all of its environments. */
function judgeVariants(
  variants: readonly Stack[],
  rulesFor: (type: string) => readonly Rule[],
  options: RunOptions,
): JudgedVariants {
  const ledger = new LedgerBook();
  const diagnostics: Diagnostic[] = [];
  const results: Judgement[] = [];
  const keepAll = options.keep === "all";
  const prefix = options.repositoryPath ?? "";
  const sightings = new Map<View, Sightings>();

  const answers = new Map<string, Answer[]>();
  for (const stack of variants) {
    for (const view of new Estate(stack.resources).views) {
      for (const rule of rulesFor(view.type)) {
        const answer = { rule, view, stack, verdict: ask(rule, view, diagnostics) };
        if (variants.length > 1) collect(answers, answer);
        else record(answer, undefined);
      }
    }
  }
  for (const sameThing of answers.values()) {
    const decisive = worst(sameThing);
    const agreeing = sameThing.filter((a) => a.verdict.status === decisive.verdict.status);
    record(
      decisive,
      agreeing.length < variants.length ? agreeing.map((a) => a.stack.environment ?? "default") : undefined,
    );
  }

  function record(answer: Answer, environments: readonly string[] | undefined): void {
    const { status } = answer.verdict;
    ledger.count(answer.rule.id, status);
    if (status === "not-applicable" || (status !== "fail" && !keepAll)) return;
    const seen = once(sightings, answer.view, ({ resource }) => new Sightings(resource));
    results.push(judge(answer, status, prefix, environments, seen));
  }

  return { results, ledger, diagnostics };
}

/** The same root module with each of its sets of variables. */
function variantsOf(stacks: readonly Stack[]): readonly (readonly Stack[])[] {
  const groups = new Map<string, Stack[]>();
  for (const stack of stacks) {
    const key = `${stack.format} ${stack.path}`;
    const group = groups.get(key);
    if (group && [stack, ...group].some((s) => s.environment !== undefined)) group.push(stack);
    else if (group) groups.set(`${key} ${groups.size}`, [stack]);
    else groups.set(key, [stack]);
  }
  return [...groups.values()];
}

function collect(answers: Map<string, Answer[]>, answer: Answer): void {
  const key = `${answer.rule.id} ${answer.view.address}`;
  const same = answers.get(key);
  if (same) same.push(answer);
  else answers.set(key, [answer]);
}

const BADNESS: { readonly [outcome in Outcome]: number } = { fail: 3, unknown: 2, pass: 1, "not-applicable": 0 };

const worst = (answers: readonly Answer[]): Answer =>
  answers.reduce((a, b) => (BADNESS[b.verdict.status] > BADNESS[a.verdict.status] ? b : a));

/** A rule that throws says nothing about the resource: undecided, and told as an error of the rule. */
function ask(rule: Rule, view: View, diagnostics: Diagnostic[]): Verdict {
  try {
    return rule.check(view);
  } catch (thrown) {
    const at = headerOf(view.resource);
    diagnostics.push({
      severity: "error",
      summary: `Rule ${rule.id} failed on ${view.address}`,
      detail: `${thrown instanceof Error ? thrown.message : String(thrown)}. This is a bug in the rule; other rules went on.`,
      file: "file" in at ? at.file : at.id,
      line: "file" in at ? at.line : 0,
      column: 1,
    });
    return { status: "unknown", message: "The rule failed." };
  }
}

function judge(
  answer: Answer,
  status: Status,
  prefix: string,
  environments: readonly string[] | undefined,
  seen: Sightings,
): Judgement {
  const { rule, view, stack, verdict } = answer;
  const { resource } = view;
  const path = ("path" in verdict && verdict.path) || "";
  const { evidence, value } = seen.evidenceAt(path);
  const at = seen.placeOf(path);
  const file = "file" in at ? at.file : at.id;
  const nested = resource.module !== "";
  return {
    rule: rule.id,
    status,
    severity: rule.severity,
    category: rule.category,
    resource: { address: resource.address, type: resource.type },
    format: formatOf(resource),
    at,
    message: messageOf(rule, verdict),
    evidence,
    fingerprint: fingerprint({
      rule: rule.id,
      path: joinPath(prefix, file),
      address: resource.address,
      value: `${path.replaceAll(/\.\d+(?=\.|$)/g, "[]")}=${value}`,
      ...(nested && { stack: joinPath(prefix, stack.path) }),
    }),
    fix: status === "fail" ? fixKind(rule, view) : "none",
    stack: stack.path,
    ...(environments && { environments }),
    ...(resource.possible && { possible: true }),
    view,
  };
}

function messageOf(rule: Rule, verdict: Verdict): string {
  if (verdict.status === "pass") return `Passed: ${rule.title}`;
  if ("message" in verdict && verdict.message) return verdict.message;
  return verdict.status === "unknown" ? `Not decidable before apply: ${rule.title}` : rule.title;
}

function fixKind(rule: Rule, view: View): Result["fix"] {
  if (view.resource.origin.kind === "live") return "none";
  if (rule.fix && rule.fix.risk !== "needs-value") {
    try {
      if (typeof rule.fix.edit(view) !== "string") return "automatic";
    } catch {
      // A fixer that throws offers nothing; `planFixes` reports it when it is asked to write the fix.
      return "ai";
    }
  }
  return "ai";
}

const formatOf = (resource: Resource): Format => (resource.origin.kind === "code" ? resource.origin.format : "live");

const headerOf = (resource: Resource): SourceRange | LiveRef =>
  resource.origin.kind === "code" ? resource.origin.header : resource.origin;

export const joinPath = (prefix: string, path: string): string =>
  prefix === "" || prefix === "." ? path : path === "" || path === "." ? prefix : `${prefix}/${path}`;

/** Rules by resource type; "*" and a trailing "*" in `on` stand for any type and any ending. */
function indexByType(rules: readonly Rule[]): (type: string) => readonly Rule[] {
  const exact = new Map<string, Rule[]>();
  const open: { prefix: string; rule: Rule }[] = [];
  for (const rule of rules) {
    for (const on of rule.on) {
      if (on.endsWith("*")) open.push({ prefix: on.slice(0, -1), rule });
      else exact.set(on, [...(exact.get(on) ?? []), rule]);
    }
  }
  if (open.length === 0) return (type) => exact.get(type) ?? [];
  const known = new Map<string, readonly Rule[]>();
  return (type) => {
    let found = known.get(type);
    if (!found) {
      const wide = open.filter((o) => type.startsWith(o.prefix)).map((o) => o.rule);
      found = [...new Set([...(exact.get(type) ?? []), ...wide])];
      known.set(type, found);
    }
    return found;
  };
}

/** By file, then line, then rule, then address: the same input gives the same report. */
function inReadingOrder(a: Judgement, b: Judgement): number {
  const left = fileLine(a.at);
  const right = fileLine(b.at);
  return (
    compare(left.file, right.file) ||
    left.line - right.line ||
    compare(a.rule, b.rule) ||
    compare(a.resource.address, b.resource.address)
  );
}

const fileLine = (at: SourceRange | LiveRef): { file: string; line: number } =>
  "file" in at ? at : { file: at.id, line: 0 };
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export interface RuleSelection {
  readonly profile?: "default" | "strict";
  readonly only?: readonly string[];
  /** Ids or aliases of rules that are not run, unless they are named in `only`. */
  readonly except?: readonly string[];
  readonly atLeast?: (severity: Severity) => boolean;
}

/** Rules to run: of the profile, named by id or alias (all where none is named), at or above a severity. */
export function selectRules(rules: readonly Rule[], options: RuleSelection): readonly Rule[] {
  const only = new Set(options.only?.map((id) => id.toLowerCase()));
  const except = new Set(options.except?.map((id) => id.toLowerCase()));
  const isNamed = (rule: Rule, ids: ReadonlySet<string>): boolean =>
    ids.size > 0 && [rule.id, ...rule.aliases].some((id) => ids.has(id.toLowerCase()));
  return rules.filter((rule) => {
    if (options.atLeast && !options.atLeast(rule.severity)) return false;
    if (only.size > 0) return isNamed(rule, only);
    if (isNamed(rule, except)) return false;
    return rule.profile === "default" || options.profile === "strict";
  });
}
