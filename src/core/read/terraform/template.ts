/** Quoted templates and heredocs: interpolation, %{if} and %{for}. Unknown parts leave what is known around them. */
import { type Heredoc, soleInterpolation, type Template, type TemplatePart } from "../hcl/ast.ts";
import { convert } from "./convert.ts";
import { eachOf } from "./iterate.ts";
import { decisionMarks } from "./operators.ts";
import { type Scope, withFrame } from "./scope.ts";
import {
  HOLE,
  joinMarks,
  type Marks,
  mark,
  marksOf,
  NullValue,
  type TypedValue,
  textOf,
  UNKNOWN,
  UnknownValue,
  unknownOf,
  unmark,
} from "./typed-value.ts";
import { BOOL, STRING } from "./types.ts";

/** Characters a template may produce before it is given up (a billion laughs doubles its way there in 24 steps). */
const MAX_TEXT = 16 * 1024 * 1024;

interface Output {
  /** Text so far, with HOLE for every unknown part. */
  text: string;
  unknown: boolean;
  marks: Marks | undefined;
  failed: boolean;
}

export function evaluateTemplate(template: Template | Heredoc, scope: Scope): TypedValue {
  const { parts } = template;
  if (parts.length === 0) return "";
  const [first] = parts;
  if (parts.length === 1 && first?.kind === "literal") return textOf(first.value);
  const sole = soleInterpolation(template);
  if (sole !== undefined) return scope.evaluate(sole, scope);
  const output: Output = { text: "", unknown: false, marks: undefined, failed: false };
  write(parts, scope, output);
  if (output.failed) return UNKNOWN;
  if (!output.unknown) return mark(textOf(output.text), output.marks);
  return mark(unknownText(output.text), output.marks);
}

/** Longest outline worth keeping; policies are far shorter, and unknown texts nested in texts must not pile up. */
const MAX_OUTLINE = 256 * 1024;

/** An unknown text of which the outline is known. */
export function unknownText(outline: string): UnknownValue {
  const hole = outline.indexOf(HOLE);
  const prefix = outline.slice(0, Math.min(hole, 1024));
  if (outline.length > MAX_OUTLINE) return unknownOf(STRING, { notNull: true, prefix });
  return unknownOf(STRING, prefix === "" ? { notNull: true, outline } : { notNull: true, prefix, outline });
}

function write(parts: readonly TemplatePart[], scope: Scope, output: Output): void {
  for (const part of parts) {
    if (output.failed) return;
    switch (part.kind) {
      case "literal":
        output.text += part.value;
        break;
      case "interpolation":
        append(scope.evaluate(part.expression, scope), part, scope, output);
        break;
      case "if":
        writeIf(part, scope, output);
        break;
      case "for":
        writeFor(part, scope, output);
        break;
    }
    if (output.text.length > MAX_TEXT) {
      output.failed = true;
      scope.session.report(
        scope.file,
        part,
        "Template result is too large",
        `The text is longer than ${MAX_TEXT} characters.`,
        "error",
      );
    }
  }
}

function append(value: TypedValue, part: TemplatePart, scope: Scope, output: Output): void {
  const bare = unmark(value);
  output.marks = joinMarks(output.marks, marksOf(value));
  if (typeof bare === "string") {
    output.text += bare;
    return;
  }
  if (bare instanceof NullValue) {
    output.failed = true;
    scope.session.report(
      scope.file,
      part,
      "Invalid template interpolation value",
      "The expression result is null. Cannot include a null value in a string template.",
    );
    return;
  }
  const text = convert(bare, STRING);
  if (!text.ok) {
    output.failed = true;
    scope.session.report(
      scope.file,
      part,
      "Invalid template interpolation value",
      `Cannot include the given value in a string template: ${text.message}.`,
    );
    return;
  }
  if (text.value instanceof UnknownValue) {
    output.unknown = true;
    output.text += text.value.is.outline ?? (text.value.is.prefix ?? "") + HOLE;
  } else output.text += text.value;
}

function writeIf(part: TemplatePart & { kind: "if" }, scope: Scope, output: Output): void {
  const condition = scope.evaluate(part.condition, scope);
  const test = convert(unmark(condition), BOOL);
  output.marks = joinMarks(output.marks, decisionMarks(marksOf(condition)));
  if (!test.ok || test.value instanceof NullValue) {
    output.failed = true;
    const why = test.ok ? "it is null" : test.message;
    scope.session.report(
      scope.file,
      part.condition,
      "Incorrect condition type",
      `The condition value is invalid: ${why}.`,
    );
    return;
  }
  if (!(test.value instanceof UnknownValue)) {
    const [chosen, other] =
      test.value === true ? [part.consequent, part.alternative] : [part.alternative, part.consequent];
    write(chosen, scope, output);
    // As with the conditional, a secret in the other arm keeps the result secret.
    const unused: Output = { text: "", unknown: false, marks: undefined, failed: false };
    if (other.length > 0) {
      scope.session.capture(() => {
        write(other, scope, unused);
        return unused.text;
      });
    }
    output.marks = joinMarks(output.marks, decisionMarks(unused.marks));
    return;
  }
  const yes: Output = { text: "", unknown: false, marks: output.marks, failed: false };
  const no: Output = { text: "", unknown: false, marks: undefined, failed: false };
  write(part.consequent, scope, yes);
  write(part.alternative, scope, no);
  output.marks = joinMarks(yes.marks, no.marks);
  output.failed = yes.failed || no.failed;
  const agree = yes.text === no.text;
  output.unknown ||= !agree || yes.unknown;
  output.text += agree ? yes.text : HOLE;
}

function writeFor(part: TemplatePart & { kind: "for" }, scope: Scope, output: Output): void {
  const collection = scope.evaluate(part.collection, scope);
  output.marks = joinMarks(output.marks, marksOf(collection));
  const pairs = eachOf(unmark(collection), part.collection, scope);
  if (pairs === undefined) {
    output.unknown = true;
    output.text += HOLE;
    return;
  }
  for (const [key, value] of pairs) {
    if (output.failed || scope.session.exhausted) return;
    let inner = part.keyName === undefined ? scope : withFrame(scope, part.keyName.name, key);
    inner = withFrame(inner, part.valueName.name, value);
    write(part.parts, inner, output);
  }
}
