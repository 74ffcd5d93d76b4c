/**
 * Whether one policy document (AWS IAM grammar) allows no more than another, by inclusion of sets: principals, actions
 * and resources may shrink, conditions may be added, denials may not be lost. What cannot be compared is wider.
 */
import { canonical, isList, isRecord, type Plain, same } from "./plain.ts";

type Statement = { readonly [key: string]: Plain };

export const isPolicy = (value: Plain | undefined): boolean => isRecord(value) && "Statement" in value;

/** Why `now` is wider than `old`; undefined where it is not. A missing policy allows nothing. */
export function widerPolicy(old: Plain | undefined, now: Plain | undefined): string | undefined {
  if (same(old, now)) return undefined;
  const before = old === undefined ? [] : statementsOf(old);
  const after = now === undefined ? [] : statementsOf(now);
  if (!before || !after) return "a policy that cannot be compared";
  for (const statement of after) {
    if (before.some((one) => same(one, statement))) continue;
    if (statement.Effect === "Deny") continue;
    if (!before.some((one) => one.Effect === "Allow" && covers(one, statement))) return "a permission";
  }
  const denials = after.filter((one) => one.Effect === "Deny");
  const lost = before.some((one) => one.Effect !== "Allow" && !denials.some((d) => same(d, one) || covers(d, one)));
  return lost ? "what a denial forbade" : undefined;
}

function statementsOf(policy: Plain): readonly Statement[] | undefined {
  if (!isRecord(policy)) return undefined;
  const given = policy.Statement;
  const list = isList(given) ? given : [given];
  const statements = list.filter(isRecord);
  return statements.length === list.length ? statements : undefined;
}

const PARTS = ["Action", "Resource"] as const;
const KNOWN = new Set(["Sid", "Effect", "Principal", "Action", "Resource", "Condition"]);

/** Everything that `inner` matches, `outer` matches too. */
function covers(outer: Statement, inner: Statement): boolean {
  if ([...Object.keys(outer), ...Object.keys(inner)].some((key) => !KNOWN.has(key))) return false;
  if (!PARTS.every((part) => subset(inner[part], outer[part]))) return false;
  if (!principalsWithin(inner.Principal, outer.Principal)) return false;
  const required = new Set(conditionsOf(inner.Condition));
  return conditionsOf(outer.Condition).every((condition) => required.has(condition));
}

function conditionsOf(condition: Plain | undefined): readonly string[] {
  if (condition === undefined) return [];
  if (!isRecord(condition)) return [canonical(condition)];
  return Object.entries(condition).flatMap(([operator, tests]) =>
    isRecord(tests)
      ? Object.entries(tests).map(([key, value]) => canonical([operator, key, value]))
      : [canonical([operator, tests])],
  );
}

function principalsWithin(inner: Plain | undefined, outer: Plain | undefined): boolean {
  if (same(inner, outer)) return true;
  if (outer === "*" || (isRecord(outer) && outer.AWS === "*")) return inner !== undefined;
  if (!isRecord(inner) || !isRecord(outer)) return false;
  return Object.entries(inner).every(([kind, who]) => subset(who, outer[kind]));
}

function subset(inner: Plain | undefined, outer: Plain | undefined): boolean {
  if (inner === undefined || outer === undefined) return inner === outer;
  const large = isList(outer) ? outer : [outer];
  return (isList(inner) ? inner : [inner]).every((item) => large.some((one) => matches(one, item)));
}

/** `*` of the outer pattern stands for any text, patterns of the inner one included; nothing else does. */
export function matches(outer: Plain, inner: Plain): boolean {
  if (same(outer, inner)) return true;
  if (typeof outer !== "string" || typeof inner !== "string") return false;
  // A reference may stand for a pattern: only the very same one, or everything, covers it.
  if (inner.includes("${")) return outer === "*";
  const parts = outer.split("*");
  const [head = ""] = parts;
  const tail = parts.at(-1) ?? "";
  if (parts.length === 1 || !inner.startsWith(head) || !inner.endsWith(tail)) return false;
  let at = head.length;
  for (const part of parts.slice(1, -1)) {
    const found = inner.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= inner.length - tail.length;
}
