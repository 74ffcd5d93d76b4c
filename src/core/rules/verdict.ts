/** What a rule says of one resource, three-valued: unknown is never a pass and never a failure. */
import type { Truth } from "../model/value.ts";

export type Verdict =
  | { readonly status: "pass"; readonly path?: string }
  | { readonly status: "fail"; readonly path?: string; readonly message?: string }
  | { readonly status: "unknown"; readonly path?: string; readonly message?: string }
  | { readonly status: "not-applicable" };

/** `path` is the dotted path of the attribute that decided: the finding points there, and its value is the evidence. */
export const pass = (path?: string): Verdict => ({ status: "pass", ...(path !== undefined && { path }) });
export const fail = (path?: string, message?: string): Verdict => ({
  status: "fail",
  ...(path !== undefined && { path }),
  ...(message !== undefined && { message }),
});
export const undecided = (path?: string, message?: string): Verdict => ({
  status: "unknown",
  ...(path !== undefined && { path }),
  ...(message !== undefined && { message }),
});
export const notApplicable: Verdict = { status: "not-applicable" };

/** Every part must pass: the first failure wins, then the first unknown. Nothing applicable: not applicable. */
export function allOf(verdicts: Iterable<Verdict>): Verdict {
  let unknown: Verdict | undefined;
  let passed: Verdict | undefined;
  for (const verdict of verdicts) {
    if (verdict.status === "fail") return verdict;
    if (verdict.status === "unknown") unknown ??= verdict;
    if (verdict.status === "pass") passed ??= verdict;
  }
  return unknown ?? passed ?? notApplicable;
}

/** One part must pass: the first pass wins, then the first unknown, then the first failure. */
export function anyOf(verdicts: Iterable<Verdict>): Verdict {
  let unknown: Verdict | undefined;
  let failed: Verdict | undefined;
  for (const verdict of verdicts) {
    if (verdict.status === "pass") return verdict;
    if (verdict.status === "unknown") unknown ??= verdict;
    if (verdict.status === "fail") failed ??= verdict;
  }
  return unknown ?? failed ?? notApplicable;
}

/** true passes, false fails. */
export function verdictOf(truth: Truth, path?: string, message?: string): Verdict {
  if (truth === "unknown") return undecided(path, message);
  return truth ? pass(path) : fail(path, message);
}

export const truthOf = (verdict: Verdict): Truth =>
  verdict.status === "unknown" ? "unknown" : verdict.status !== "fail";

export const not = (truth: Truth): Truth => (truth === "unknown" ? "unknown" : !truth);
export function and(...truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes("unknown") ? "unknown" : true;
}
export function or(...truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes("unknown") ? "unknown" : false;
}
