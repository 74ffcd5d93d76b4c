/** Conditions that people write in YAML, judged three-valued against a resource. */
import { isList, isUnknown, type Lookup, type Truth, type Value } from "../model/value.ts";
import { and, not, or } from "./verdict.ts";
import { Block, type View } from "./view.ts";

type Literal = string | number | boolean;

/** One test of an attribute. "*" in a path stands for every element: each of them must pass. */
export type AttributeTest = { readonly path: string } & (
  | { readonly exists: boolean }
  | { readonly equals: Literal }
  | { readonly notEquals: Literal }
  | { readonly oneOf: readonly Literal[] }
  | { readonly noneOf: readonly Literal[] }
  | { readonly contains: Literal }
  | { readonly notContains: Literal }
  | { readonly startsWith: string }
  | { readonly endsWith: string }
  | { readonly matches: string }
  | { readonly notMatches: string }
  | { readonly atLeast: number }
  | { readonly atMost: number }
  | { readonly moreThan: number }
  | { readonly lessThan: number }
  | { readonly length: number }
);

/** Whether a resource of these types is joined to this one, and (with `that`) one for which a condition holds. */
export interface ConnectionTest {
  readonly connected: string | readonly string[];
  /** Attribute that holds the link, on whichever side. */
  readonly through?: string | undefined;
  readonly that?: Condition | undefined;
}

export type Condition =
  | AttributeTest
  | ConnectionTest
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

/** What a condition comes to, and the attribute that decided. */
export interface Judged {
  readonly truth: Truth;
  readonly path: string;
}

export function judge(view: View, condition: Condition): Judged {
  if ("all" in condition) {
    const parts = condition.all.map((c) => judge(view, c));
    return decided(parts, and(...parts.map((p) => p.truth)));
  }
  if ("any" in condition) {
    const parts = condition.any.map((c) => judge(view, c));
    return decided(parts, or(...parts.map((p) => p.truth)));
  }
  if ("not" in condition) {
    const inner = judge(view, condition.not);
    return { truth: not(inner.truth), path: inner.path };
  }
  if ("connected" in condition) return { truth: judgeConnection(view, condition), path: condition.through ?? "" };
  return judgeAttribute(view, condition);
}

/** The part that made it so: the first with the same truth. */
const decided = (parts: readonly Judged[], truth: Truth): Judged => ({
  truth,
  path: (parts.find((p) => p.truth === truth) ?? parts[0])?.path ?? "",
});

function judgeConnection(view: View, test: ConnectionTest): Truth {
  const types = typeof test.connected === "string" ? [test.connected] : test.connected;
  const { that } = test;
  const truths = view.joined(types, test.through).map((other) => (that ? judge(other, that).truth : true));
  const found = or(...truths);
  return found === false && test.through !== undefined && view.mayJoin(types, test.through) ? "unknown" : found;
}

function judgeAttribute(view: View, test: AttributeTest): Judged {
  const lookups = everyLookup(view, test.path);
  if ("exists" in test) {
    const found = or(...lookups.map((l) => l.kind !== "absent"));
    return { truth: test.exists ? found : not(found), path: lookups[0]?.path ?? test.path };
  }
  const parts = lookups.map((lookup) => ({ truth: judgeLookup(lookup, test), path: lookup.path }));
  return decided(parts, and(...parts.map((p) => p.truth)));
}

/** Every look-up that a path with "*" stands for; a path that leads nowhere is one absent look-up. */
function everyLookup(block: Block, path: string): readonly Lookup[] {
  const parts = path.split(".");
  const star = parts.indexOf("*");
  if (star < 0) return [block.get(path)];
  const list = parts.slice(0, star).join(".");
  const found = block.get(list);
  if (found.kind !== "value") return [found];
  const values: readonly Value[] = isList(found.value) ? found.value : Object.values(found.value as object);
  const rest = parts.slice(star + 1).join(".");
  const items = values.map((value, index) => new Block(value, `${found.path}.${index}`));
  if (items.length === 0) return [{ kind: "absent", path: found.path }];
  return items.flatMap((item) => (rest === "" ? [lookupOf(item)] : everyLookup(item, rest)));
}

function lookupOf(item: Block): Lookup {
  const { value, path } = item;
  if (value === null) return { kind: "absent", path };
  return isUnknown(value) ? { kind: "unknown", value, path } : { kind: "value", value, path };
}

type ValueTest = Exclude<AttributeTest, { readonly exists: boolean }>;

/** Absent fails what asks for a value, and passes what forbids one. */
function judgeLookup(lookup: Lookup, test: ValueTest): Truth {
  const forbids = "notEquals" in test || "noneOf" in test || "notContains" in test || "notMatches" in test;
  if (lookup.kind === "absent") return forbids;
  if (lookup.kind === "unknown") return judgePrefix(lookup.value.prefix, test);
  return holds(lookup.value, test);
}

/** An unknown text that starts with the wrong letters is already decided. */
function judgePrefix(prefix: string, test: ValueTest): Truth {
  if ("startsWith" in test && prefix !== "") {
    if (prefix.startsWith(test.startsWith)) return true;
    if (!test.startsWith.startsWith(prefix)) return false;
  }
  if ("equals" in test && prefix !== "" && !String(test.equals).startsWith(prefix)) return false;
  return "unknown";
}

function holds(value: Value, test: ValueTest): Truth {
  if ("equals" in test) return same(value, test.equals);
  if ("notEquals" in test) return !same(value, test.notEquals);
  if ("oneOf" in test) return test.oneOf.some((wanted) => same(value, wanted));
  if ("noneOf" in test) return !test.noneOf.some((wanted) => same(value, wanted));
  if ("contains" in test) return contains(value, test.contains);
  if ("notContains" in test) return not(contains(value, test.notContains));
  if ("startsWith" in test) return textOf(value).startsWith(test.startsWith);
  if ("endsWith" in test) return textOf(value).endsWith(test.endsWith);
  if ("matches" in test) return matches(test.matches, value);
  if ("notMatches" in test) return !matches(test.notMatches, value);
  if ("length" in test) return lengthOf(value) === test.length;
  const number = typeof value === "object" ? Number.NaN : Number(value);
  if (Number.isNaN(number) || value === "") return false;
  if ("atLeast" in test) return number >= test.atLeast;
  if ("atMost" in test) return number <= test.atMost;
  if ("moreThan" in test) return number > test.moreThan;
  return number < test.lessThan;
}

/** As Terraform converts: true is "true", 22 is "22". */
const same = (value: Value, wanted: Literal): boolean => typeof value !== "object" && String(value) === String(wanted);

function contains(value: Value, wanted: Literal): Truth {
  if (isList(value)) {
    if (value.some((v) => v !== null && same(v, wanted))) return true;
    return value.some(isUnknown) ? "unknown" : false;
  }
  if (typeof value === "object" && value !== null && !isUnknown(value)) return Object.hasOwn(value, String(wanted));
  return textOf(value).includes(String(wanted));
}

/** Long texts are cut, so that a pattern with a bad worst case stays bearable. */
const MOST_MATCHED = 4096;
const matches = (pattern: string, value: Value): boolean =>
  new RegExp(pattern, "u").test(textOf(value).slice(0, MOST_MATCHED));

const textOf = (value: Value): string => (typeof value === "object" ? (JSON.stringify(value) ?? "") : String(value));

const lengthOf = (value: Value): number =>
  isList(value) || typeof value === "string"
    ? value.length
    : typeof value === "object" && value !== null
      ? Object.keys(value).length
      : String(value).length;
