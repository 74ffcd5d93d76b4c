/**
 * What was already wrong when somebody started to look: known findings are kept apart from new ones. An entry is one
 * finding of one file; it never hides the same address elsewhere, and it follows a file that was renamed.
 */
import type { Judgement } from "./engine.ts";

export const BASELINE_SCHEMA = "draco.baseline/1";

export interface BaselineEntry {
  readonly rule: string;
  /** Relative to the scan root. */
  readonly path: string;
  readonly address: string;
  /** What was seen, as the evidence shows it. */
  readonly value: string;
  readonly fingerprint: string;
}

export interface Baseline {
  readonly schema: typeof BASELINE_SCHEMA;
  readonly findings: readonly BaselineEntry[];
}

/** The baseline of these results: their failures that are not suppressed otherwise. */
export const takeBaseline = (results: readonly Judgement[]): Baseline => ({
  schema: BASELINE_SCHEMA,
  findings: results
    .filter((r) => r.status === "fail" && (!r.suppressed || r.suppressed.by === "baseline"))
    .map(entryOf)
    .sort((a, b) => compare(a.path, b.path) || compare(a.rule, b.rule) || compare(a.address, b.address)),
});

/** The text of a baseline file as a baseline, or why it is not one. */
export function parseBaseline(text: string): Baseline | { readonly problem: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (thrown) {
    return { problem: `it is not JSON (${thrown instanceof Error ? thrown.message : String(thrown)})` };
  }
  if (typeof parsed !== "object" || parsed === null || !("schema" in parsed) || !("findings" in parsed))
    return { problem: `it has no "schema" and "findings"` };
  if (parsed.schema !== BASELINE_SCHEMA)
    return { problem: `its schema is ${JSON.stringify(parsed.schema)}, not "${BASELINE_SCHEMA}"` };
  if (!Array.isArray(parsed.findings) || !parsed.findings.every(isEntry))
    return { problem: "a finding in it lacks rule, path, address, value or fingerprint" };
  return { schema: BASELINE_SCHEMA, findings: parsed.findings };
}

/**
 * Marks the failures that the baseline knows. An entry is spent by one result: first those with the same fingerprint,
 * then, for files that are gone, one with the same rule, address and value in another file.
 */
export function applyBaseline(
  results: readonly Judgement[],
  baseline: Baseline,
  hasFile: (path: string) => boolean,
): readonly Judgement[] {
  const exact = countBy(baseline.findings, (entry) => entry.fingerprint);
  const known = new Set<Judgement>();
  const candidates = results.filter((r) => r.status === "fail" && !r.suppressed);
  for (const result of candidates) if (spend(exact, result.fingerprint)) known.add(result);

  const left = baseline.findings.filter((entry) => !hasFile(entry.path) && spend(exact, entry.fingerprint));
  const moved = countBy(left, withoutPath);
  for (const result of candidates)
    if (!known.has(result) && spend(moved, withoutPath(entryOf(result)))) known.add(result);

  return results.map((result) =>
    known.has(result)
      ? { ...result, suppressed: { by: "baseline" as const, reason: "known when the baseline was taken" } }
      : result,
  );
}

const entryOf = (result: Judgement): BaselineEntry => ({
  rule: result.rule,
  path: "file" in result.at ? result.at.file : result.at.id,
  address: result.resource.address,
  value: `${result.evidence.path}=${result.evidence.value}`,
  fingerprint: result.fingerprint,
});

const withoutPath = (entry: BaselineEntry): string => [entry.rule, entry.address, entry.value].join("\n");

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

function spend(counts: Map<string, number>, key: string): boolean {
  const left = counts.get(key) ?? 0;
  if (left > 0) counts.set(key, left - 1);
  return left > 0;
}

function isEntry(entry: unknown): entry is BaselineEntry {
  if (typeof entry !== "object" || entry === null) return false;
  const fields: { [key: string]: unknown } = { ...entry };
  return ["rule", "path", "address", "value", "fingerprint"].every((key) => typeof fields[key] === "string");
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
