/** Shapes that many services' rules have in common. A rule made of one still says for itself what is at stake. */
import type { BlockBody, FixOperation, FixRisk, FixValue } from "../../model/patch.ts";
import { type Absent, requireSet, requireThat } from "../checks.ts";
import { addBlock, set } from "../operations.ts";
import { type Rule, type RuleSource, rule } from "../rule.ts";
import { fail, notApplicable, pass, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

/** The peers' names of a rule: Checkov's, then Trivy's in both of its spellings. */
export const alias = (checkov: string, trivy?: string): readonly string[] =>
  trivy === undefined ? [checkov] : [checkov, trivy, `AVD-${trivy}`];

/** One resource as an example shows it; lines are indented once, lines inside of them as they are. */
export const example = (type: string, ...lines: readonly string[]): string =>
  `resource "${type}" "x" {\n${lines
    .flatMap((line) => line.split("\n"))
    .map((line) => `  ${line}\n`)
    .join("")}}\n`;

/** A nested block as an example shows it. */
export const block = (name: string, ...lines: readonly string[]): string =>
  `${name} {\n${lines
    .flatMap((line) => line.split("\n"))
    .map((line) => `  ${line}\n`)
    .join("")}}`;

type Said = Omit<RuleSource, "check" | "severity" | "category" | "fix"> &
  Partial<Pick<RuleSource, "severity" | "category">>;

/** Where a rule does not apply: a verdict that settles the matter before the attribute is looked at. */
type Unless = (view: View) => Verdict | undefined;

interface Key extends Said {
  /** Where the key is named. */
  readonly path: string;
  readonly unless?: Unless;
}

/** Encrypted with a key of one's own. Opt-in: what AWS does by itself encrypts too. No fixer can know the key. */
export const ownKey = ({ path, unless, ...said }: Key): Rule =>
  rule({
    severity: "low",
    category: "security",
    profile: "strict",
    references: ["https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-mgmt"],
    ...said,
    check: (view) =>
      unless?.(view) ??
      requireSet(view, path, { message: "No key of your own is named, so AWS decides who may use it" }),
  });

interface Switch extends Said {
  readonly path: string;
  /** What the switch must say. Default true. */
  readonly to?: string | boolean;
  /** Other values that will do. */
  readonly or?: readonly string[];
  readonly absent?: Absent["absent"];
  readonly risk: FixRisk;
  readonly message: string;
  readonly unless?: Unless;
}

/** One attribute must have one value, which the fixer writes. Absent fails unless said otherwise. */
export const switchedTo = ({ path, to = true, or = [], absent, risk, message, unless, ...said }: Switch): Rule => {
  const allowed = [String(to), ...or];
  return rule({
    severity: "medium",
    category: "security",
    ...said,
    check: (view) =>
      unless?.(view) ??
      requireThat(view, path, (value) => typeof value !== "object" && allowed.includes(String(value)), {
        ...(absent && { absent }),
        message,
      }),
    fix: { risk, edit: (view) => setAt(view, path, to) },
  });
};

/** A replacement must exist before what it replaces goes. What Terraform does in its lifecycle no other source says. */
export const createdFirst = ({ resource }: View): Verdict =>
  resource.origin.kind !== "code" || resource.origin.format !== "terraform"
    ? notApplicable
    : resource.lifecycle?.createBeforeDestroy
      ? pass()
      : fail(undefined, "It is destroyed before its successor exists");

/** Writes an attribute at a dotted path of blocks, and the blocks on the way that are not written yet. */
export function setAt(view: View, path: string, value: FixValue): readonly FixOperation[] {
  const blocks = path.split(".");
  const name = blocks.pop() ?? path;
  for (let depth = blocks.length; depth > 0; depth--) {
    const { items } = view.blocks(blocks.slice(0, depth).join("."));
    if (items.length === 0) continue;
    const [next, ...missing] = blocks.slice(depth);
    return items.map((item) =>
      next === undefined
        ? set(`${item.path}.${name}`, value)
        : addBlock(`${item.path}.${next}`, nested(missing, name, value)),
    );
  }
  const [first, ...missing] = blocks;
  return [first === undefined ? set(name, value) : addBlock(first, nested(missing, name, value))];
}

const nested = (blocks: readonly string[], name: string, value: FixValue): BlockBody => {
  const [first, ...inner] = blocks;
  return first === undefined
    ? { attributes: { [name]: value } }
    : { attributes: {}, blocks: [{ type: first, body: nested(inner, name, value) }] };
};
