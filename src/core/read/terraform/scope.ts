/** What an expression can see: the module's names, the instance it is evaluated for, and the variables of enclosing loops. */
import type { Expression, HclFile } from "../hcl/ast.ts";
import type { FunctionContext } from "./function.ts";
import type { Session } from "./session.ts";
import type { TypedValue } from "./typed-value.ts";

/** A variable of a for expression, a template loop, a splat ("*") or a dynamic block. */
export interface Frame {
  readonly name: string;
  readonly value: TypedValue;
  readonly outer: Frame | undefined;
}

export interface Scope {
  readonly session: Session;
  readonly file: HclFile;
  readonly frame: Frame | undefined;
  readonly functions: FunctionContext;
  /** How expressions are evaluated: passed along, so that loops and templates need not know the whole evaluator. */
  evaluate(node: Expression, scope: Scope): TypedValue;
  /** var, local, module, data, path, a resource type…; undefined where there is no such name. */
  name(root: string): TypedValue | undefined;
}

export const withFrame = (scope: Scope, name: string, value: TypedValue): Scope => ({
  session: scope.session,
  file: scope.file,
  functions: scope.functions,
  evaluate: scope.evaluate,
  name: scope.name,
  frame: { name, value, outer: scope.frame },
});

export const inFile = (scope: Scope, file: HclFile): Scope => (scope.file === file ? scope : { ...scope, file });

export function findFrame(frame: Frame | undefined, name: string): TypedValue | undefined {
  for (let at = frame; at !== undefined; at = at.outer) if (at.name === name) return at.value;
  return undefined;
}
