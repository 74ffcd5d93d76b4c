/** The checks that most rules are made of. Each answers with a verdict that points at the attribute that decided. */
import { isList, isObject, isUnknown, type Value } from "../model/value.ts";
import { allOf, anyOf, fail, notApplicable, pass, undecided, type Verdict } from "./verdict.ts";
import type { Block, View } from "./view.ts";

export interface Absent {
  /** What an attribute that is not set means: the provider's default decides. Default "fail". */
  readonly absent?: "pass" | "fail" | "not-applicable";
  readonly message?: string;
}

const whenAbsent = (path: string, options: Absent | undefined): Verdict =>
  options?.absent === "pass"
    ? pass(path)
    : options?.absent === "not-applicable"
      ? notApplicable
      : fail(path, options?.message);

/** The value must satisfy `holds`. */
export function requireThat(block: Block, path: string, holds: (value: Value) => boolean, options?: Absent): Verdict {
  const found = block.get(path);
  if (found.kind === "absent") return whenAbsent(found.path, options);
  if (found.kind === "unknown") return undecided(found.path);
  return holds(found.value) ? pass(found.path) : fail(found.path, options?.message);
}

/** Must be true. Absent fails unless said otherwise. */
export const requireTrue = (block: Block, path: string, options?: Absent): Verdict =>
  requireThat(block, path, (v) => v === true || v === "true", options);

/** Must not be true. Absent passes unless said otherwise. */
export const forbidTrue = (block: Block, path: string, options?: Absent): Verdict =>
  requireThat(block, path, (v) => v !== true && v !== "true", { absent: "pass", ...options });

/** Must be one of these (compared as text, case-sensitive). Absent fails unless said otherwise. */
export const requireOneOf = (
  block: Block,
  path: string,
  allowed: readonly (string | number)[],
  options?: Absent,
): Verdict =>
  requireThat(block, path, (v) => typeof v !== "object" && allowed.map(String).includes(String(v)), options);

/** Must be none of these. Absent passes unless said otherwise. */
export const forbidOneOf = (
  block: Block,
  path: string,
  forbidden: readonly (string | number)[],
  options?: Absent,
): Verdict =>
  requireThat(block, path, (v) => typeof v === "object" || !forbidden.map(String).includes(String(v)), {
    absent: "pass",
    ...options,
  });

/** Must be set to something: not empty text, not an empty list. An unknown value is set to something. */
export function requireSet(block: Block, path: string, options?: Absent): Verdict {
  const found = block.get(path);
  if (found.kind === "unknown") return pass(found.path);
  if (found.kind === "absent") return whenAbsent(found.path, options);
  if (isList(found.value) && isPerhapsAbsent(found.value)) return undecided(found.path);
  const empty = found.value === "" || (isList(found.value) && found.value.length === 0);
  return empty ? fail(found.path, options?.message) : pass(found.path);
}

/** Must be a number at least `least` (and at most `most`). */
export const requireBetween = (block: Block, path: string, least: number, most: number, options?: Absent): Verdict =>
  requireThat(block, path, (v) => isNumeric(v) && Number(v) >= least && Number(v) <= most, options);

/** The list at `path` must contain each of these. */
export function requireContains(block: Block, path: string, wanted: readonly string[], options?: Absent): Verdict {
  const found = block.get(path);
  if (found.kind === "absent") return whenAbsent(found.path, options);
  if (found.kind === "unknown") return undecided(found.path);
  const values: readonly Value[] = isList(found.value) ? found.value : [found.value];
  if (wanted.every((w) => values.some((v) => String(v) === w))) return pass(found.path);
  return values.some(isUnknown) ? undecided(found.path) : fail(found.path, options?.message);
}

/** Every block at `path` must pass; none: `none` (default not applicable). Blocks not known yet leave it undecided. */
export function eachBlock(
  block: Block,
  path: string,
  check: (item: Block) => Verdict,
  none: Verdict = notApplicable,
): Verdict {
  const { items, complete } = block.blocks(path);
  const verdict = allOf(items.map((item) => (isUnknown(item.value) ? undecided(item.path) : check(item))));
  if (verdict.status === "fail" || verdict.status === "unknown") return verdict;
  if (!complete) return undecided(path);
  return items.length === 0 ? none : verdict;
}

/**
 * Every block that is written at `path` passes, whether or not it will be there: as much as a fix of the blocks can make
 * true. Nothing written for certain passes too; nothing in sight is undecided.
 */
export function eachWritten(block: Block, path: string, check: (item: Block) => Verdict): Verdict {
  const { items, complete } = block.blocks(path);
  const written = items.filter((item) => !isUnknown(item.value));
  if (written.length === 0) return complete ? pass(path) : undecided(path);
  return allOf(written.map(check));
}

/** Some block at `path` must pass. */
export function someBlock(block: Block, path: string, check: (item: Block) => Verdict, message?: string): Verdict {
  const { items, complete } = block.blocks(path);
  const verdicts = items.map((item) => (isUnknown(item.value) ? undecided(item.path) : check(item)));
  const passed = verdicts.findIndex((v) => v.status === "pass");
  const certain = passed >= 0 && !items.slice(0, passed).some((item) => isUnknown(item.value));
  if (certain) return pass(items[passed]?.path);
  if (passed >= 0) return undecided(path);
  const open = verdicts.find((v) => v.status === "unknown");
  if (open) return open;
  if (!complete) return undecided(path);
  return fail(verdicts.find((v) => v.status === "fail") ? items[0]?.path : path, message);
}

/**
 * Some resource of these types, joined through `attribute`, must pass. Where none is joined for certain but one may be,
 * nobody can tell. The verdict speaks of `view`: it names the other resource in words, and points at no attribute.
 */
export function someJoined(
  view: View,
  types: string | readonly string[],
  attribute: string,
  check: (other: View) => Verdict,
  message: string,
): Verdict {
  const others = view.joined(types, attribute);
  if (others.length > 0) return anyOf(others.map((other) => asSeenFrom(other, check(other), message)));
  return view.mayJoin(types, attribute) ? undecided() : fail(undefined, message);
}

/** A verdict on another resource, told of the one at hand: its paths mean nothing here. */
export function asSeenFrom(other: View, verdict: Verdict, message?: string): Verdict {
  if (verdict.status === "fail")
    return fail(undefined, `${verdict.message ?? message ?? "Not as it should be"} (${other.address})`);
  if (verdict.status === "unknown") return undecided(undefined, verdict.message);
  return verdict.status === "pass" ? pass() : verdict;
}

/** Blocks of which nobody knows how many there are: an unknown, and then what each of them would say. */
const isPerhapsAbsent = (blocks: readonly Value[]): boolean => isUnknown(blocks[0]) && isObject(blocks[1]);

const isNumeric = (value: Value): boolean =>
  typeof value === "number" || (typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value)));
