/** Conditions that people write in YAML, judged three-valued against a resource. */
import { isList, isUnknown, type Lookup, type Truth, type Value } from "../model/value.ts";
import { and, not, or } from "./verdict.ts";
import { Block, type View } from "./view.ts";

type Literal = string | number | boolean;

export type AttributeTest =
  | { readonly test: "exists"; readonly path: string; readonly value: boolean }
  | {
      readonly test: "equals" | "notEquals" | "contains" | "notContains";
      readonly path: string;
      readonly value: Literal;
    }
  | { readonly test: "oneOf" | "noneOf"; readonly path: string; readonly value: readonly Literal[] }
  | {
      readonly test: "startsWith" | "endsWith" | "matches" | "notMatches";
      readonly path: string;
      readonly value: string;
    }
  | {
      readonly test: "atLeast" | "atMost" | "moreThan" | "lessThan" | "length";
      readonly path: string;
      readonly value: number;
    };

/** Whether a resource of these types is joined to this one, and (with `that`) one for which a condition holds. */
export interface ConnectionTest {
  readonly test: "connected";
  readonly types: readonly string[];
  /** Attribute that holds the link, on whichever side. */
  readonly through?: string | undefined;
  readonly that?: Condition | undefined;
}

/** "*" in a path stands for every element: each of them must pass. */
export type Condition =
  | AttributeTest
  | ConnectionTest
  | { readonly test: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly test: "not"; readonly of: Condition };

/** What a condition comes to, and the attribute that decided. */
export interface Judged {
  readonly truth: Truth;
  readonly path: string;
}

export function judge(view: View, condition: Condition): Judged {
  switch (condition.test) {
    case "all":
    case "any": {
      const parts = condition.of.map((c) => judge(view, c));
      const join = condition.test === "all" ? and : or;
      return decided(parts, join(...parts.map((p) => p.truth)));
    }
    case "not": {
      const inner = judge(view, condition.of);
      return { truth: not(inner.truth), path: inner.path };
    }
    case "connected":
      return { truth: judgeConnection(view, condition), path: "" };
    default:
      return judgeAttribute(view, condition);
  }
}

/** The part that made it so: the first with the same truth. */
const decided = (parts: readonly Judged[], truth: Truth): Judged => ({
  truth,
  path: (parts.find((p) => p.truth === truth) ?? parts[0])?.path ?? "",
});

function judgeConnection(view: View, test: ConnectionTest): Truth {
  const { that, types } = test;
  const truths = view.joined(types, test.through).map((other) => (that ? judge(other, that).truth : true));
  const found = or(...truths);
  return found === false && test.through !== undefined && view.mayJoin(types, test.through) ? "unknown" : found;
}

function judgeAttribute(view: View, test: AttributeTest): Judged {
  const lookups = everyLookup(view, test.path);
  if (test.test === "exists") {
    const found = or(...lookups.map((l) => l.kind !== "absent"));
    return { truth: test.value ? found : not(found), path: lookups[0]?.path ?? test.path };
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

type ValueTest = Exclude<AttributeTest, { readonly test: "exists" }>;

const FORBIDS: ReadonlySet<ValueTest["test"]> = new Set(["notEquals", "noneOf", "notContains", "notMatches"]);

/** Absent fails what asks for a value, and passes what forbids one. */
function judgeLookup(lookup: Lookup, test: ValueTest): Truth {
  if (lookup.kind === "absent") return FORBIDS.has(test.test);
  if (lookup.kind === "unknown") return judgePrefix(lookup.value.prefix, test);
  return holds(lookup.value, test);
}

/** An unknown text that starts with the wrong letters is already decided. */
function judgePrefix(prefix: string, test: ValueTest): Truth {
  if (prefix === "") return "unknown";
  if (test.test === "startsWith") {
    if (prefix.startsWith(test.value)) return true;
    if (!test.value.startsWith(prefix)) return false;
  }
  if (test.test === "equals" && !String(test.value).startsWith(prefix)) return false;
  return "unknown";
}

function holds(value: Value, test: ValueTest): Truth {
  switch (test.test) {
    case "equals":
      return same(value, test.value);
    case "notEquals":
      return !same(value, test.value);
    case "oneOf":
      return test.value.some((wanted) => same(value, wanted));
    case "noneOf":
      return !test.value.some((wanted) => same(value, wanted));
    case "contains":
      return contains(value, test.value);
    case "notContains":
      return not(contains(value, test.value));
    case "startsWith":
      return textOf(value).startsWith(test.value);
    case "endsWith":
      return textOf(value).endsWith(test.value);
    case "matches":
      return matches(test.value, value);
    case "notMatches":
      return !matches(test.value, value);
    case "length":
      return lengthOf(value) === test.value;
    case "atLeast":
      return numberOf(value) >= test.value;
    case "atMost":
      return numberOf(value) <= test.value;
    case "moreThan":
      return numberOf(value) > test.value;
    case "lessThan":
      return numberOf(value) < test.value;
  }
}

/** NaN, which compares as false with everything, for what is no number. */
const numberOf = (value: Value): number => (typeof value === "object" || value === "" ? Number.NaN : Number(value));

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
