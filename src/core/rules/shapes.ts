/**
 * Shapes that the rules of many services have: one setting that must have a value, one that must be there. A rule made
 * of one still says for itself what is at stake; its examples are written from the setting it is about.
 */
import type { Category } from "../model/finding.ts";
import type { FixRisk } from "../model/patch.ts";
import type { Absent } from "./checks.ts";
import { requireSet, requireThat } from "./checks.ts";
import { set } from "./operations.ts";
import { type Rule, type RuleSource, rule } from "./rule.ts";
import { anyOf, type Verdict } from "./verdict.ts";
import type { View } from "./view.ts";

export type Scalar = string | number | boolean;

/** The peers' names of a rule: Checkov's, then Trivy's in both of its spellings. */
export const alias = (checkov: string, trivy?: string): readonly string[] =>
  trivy === undefined ? [checkov] : [checkov, trivy, `AVD-${trivy}`];

/** One resource "x" as an example shows it; lines may hold whole blocks. */
export const example = (type: string, ...lines: readonly string[]): string =>
  `resource "${type}" "x" ${inBraces(lines)}\n`;

/** A nested block as an example shows it. */
export const block = (name: string, ...lines: readonly string[]): string => `${name} ${inBraces(lines)}`;

const inBraces = (lines: readonly string[]): string =>
  lines.length === 0 ? "{}" : `{\n${lines.flatMap((line) => line.split("\n").map((part) => `  ${part}\n`)).join("")}}`;

/** A setting at a dotted path of blocks: "management.auto_repair", true. */
export function settingText(path: string, value: Scalar): string {
  const [first = path, ...rest] = path.split(".");
  if (rest.length > 0) return block(first, settingText(rest.join("."), value));
  return `${first} = ${typeof value === "string" ? JSON.stringify(value) : String(value)}`;
}

/** What settles the matter before the setting is looked at: a kind of resource that the rule does not mean. */
type Unless = (view: View) => Verdict | undefined;

interface Said extends Omit<RuleSource, "check" | "fix" | "category" | "remedy" | "bad" | "good"> {
  /** Default "security". */
  readonly category?: Category;
  readonly remedy?: string;
  readonly bad?: RuleSource["bad"];
  readonly good?: RuleSource["good"];
  readonly unless?: Unless;
  readonly message?: string;
  /** The other lines of an example. */
  readonly like?: readonly string[];
}

export interface Setting extends Said {
  /** Dotted path of the setting, without indices. Of several spellings today's comes first. */
  readonly at: string | readonly string[];
  /** What the setting must be, and what the fixer writes. Text of booleans is compared without case. */
  readonly wanted: Scalar;
  /** Other values that are as good. */
  readonly also?: readonly Scalar[];
  /** A value that is not good, for the example. Of a boolean its opposite. */
  readonly wrong?: Scalar;
  readonly absent?: Absent["absent"];
  /** What writing the value does. Not given: there is no fixer. */
  readonly risk?: FixRisk;
}

/** One setting must have one value (or one of several). Absent fails unless said otherwise. */
export function setting({
  at,
  wanted,
  also = [],
  wrong,
  absent = "fail",
  risk,
  unless,
  message,
  like,
  ...said
}: Setting): Rule {
  const paths = typeof at === "string" ? [at] : at;
  const [path = ""] = paths;
  const good = [wanted, ...also].map(plain);
  const without = example(firstType(said.on), ...(like ?? []));
  const having = (value: Scalar): string => example(firstType(said.on), ...(like ?? []), settingText(path, value));
  const bad = wrong ?? (typeof wanted === "boolean" ? !wanted : undefined);
  return rule({
    category: "security",
    remedy: `Set ${path} = ${JSON.stringify(wanted)}.`,
    bad: [...(absent === "fail" ? [without] : []), ...(bad === undefined ? [] : [having(bad)])],
    good: [having(wanted), ...(absent === "pass" ? [without] : [])],
    ...said,
    check: (view) =>
      unless?.(view) ??
      requireThat(view, writtenAt(view, paths), (value) => typeof value !== "object" && good.includes(plain(value)), {
        absent,
        ...(message !== undefined && { message }),
      }),
    ...(risk && { fix: { risk, edit: (view) => [set(placeOf(view, paths), wanted)] } }),
  });
}

export interface Present extends Said {
  /** Where it is to be set; any of several will do. */
  readonly at: string | readonly string[];
  /** What it is set to in the example. */
  readonly such: Scalar;
}

/** Something must be set, whatever it is. Nobody but a person knows what to: there is no fixer. */
export function present({ at, such, unless, message, like, ...said }: Present): Rule {
  const paths = typeof at === "string" ? [at] : at;
  const [path = ""] = paths;
  return rule({
    category: "security",
    remedy: `Set ${path}.`,
    bad: example(firstType(said.on), ...(like ?? [])),
    good: example(firstType(said.on), ...(like ?? []), settingText(path, such)),
    ...said,
    check: (view) =>
      unless?.(view) ?? anyOf(paths.map((p) => requireSet(view, p, message === undefined ? {} : { message }))),
  });
}

type Key = Omit<Present, "severity" | "profile" | "such" | "why"> & { readonly such?: string; readonly why?: string };

/** Encrypted with a key of one's own. Opt-in: what the cloud does by itself encrypts too. */
export const ownKey = (said: Key): Rule =>
  present({
    severity: "low",
    profile: "strict",
    such: "projects/p/locations/l/keyRings/r/cryptoKeys/k",
    message: "No key of your own is named, so the cloud decides who may use it",
    why: "The key that the cloud manages cannot be limited, watched or withdrawn by you. With a key of your own you decide who may decrypt, and can stop it.",
    ...said,
  });

const firstType = (on: string | readonly string[]): string => (typeof on === "string" ? on : (on[0] ?? ""));

const plain = (value: unknown): string => {
  const text = String(value);
  return /^(?:true|false)$/i.test(text) ? text.toLowerCase() : text;
};

/** Of several spellings the one that is written, else the first. */
const writtenAt = (view: View, paths: readonly string[]): string =>
  paths.find((path) => view.get(path).kind !== "absent") ?? paths[0] ?? "";

/** Where the setting is written or, as every step on the way to it is a block, where the editor is to write it. */
function placeOf(view: View, paths: readonly string[]): string {
  const path = writtenAt(view, paths);
  const found = view.get(path);
  return found.kind === "absent" ? path.split(".").join(".0.") : found.path;
}
