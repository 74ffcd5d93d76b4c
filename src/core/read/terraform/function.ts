/**
 * The contract of a Terraform function, and the machinery that calls one as Terraform (cty) does: arguments are counted,
 * converted to their parameter's type, and unmarked; an unknown argument makes an unknown result of the return type; the
 * marks of all arguments are put on the result. A function therefore sees known, typed, unmarked values unless it asks
 * for more. `try`, `can` and `templatefile`'s rendering belong to the evaluator, not to this registry.
 */
import { convert } from "./convert.ts";
import {
  containsMarks,
  isWhollyKnown,
  joinMarks,
  type Mapping,
  type Marks,
  mark,
  marksOf,
  NullValue,
  type TypedValue,
  tooLarge,
  UnknownValue,
  unknownOf,
  unmark,
  unmarkDeep,
} from "./typed-value.ts";
import { DYNAMIC, type Type } from "./types.ts";

/** An expected failure. `message` reads like Terraform's, without "Error in function call". */
export class FunctionError {
  readonly message: string;
  /** Index of the argument at fault. */
  readonly argument: number | undefined;
  constructor(message: string, argument?: number) {
    this.message = message;
    this.argument = argument;
  }
}

export const isFunctionError = (result: unknown): result is FunctionError => result instanceof FunctionError;

export interface Parameter {
  /** As in Terraform's documentation and error messages. */
  readonly name: string;
  /** Arguments are converted to it. DYNAMIC takes anything as it is. */
  readonly type: Type;
  /** Pass a null on; otherwise it is an error ("argument must not be null"). */
  readonly nullable?: boolean;
  /** Pass an unknown (at any depth) on; otherwise the whole result is unknown. */
  readonly unknowns?: boolean;
  /** Pass marks on, at any depth; otherwise they are taken off and put on the result. */
  readonly marks?: boolean;
  /**
   * With "shallow", only an argument that is itself unknown makes the result unknown; unknown elements are passed on
   * (cty's ordinary behaviour: length, element, concat…). Default "deep": the argument must be wholly known. Where
   * Terraform's function checks IsWhollyKnown itself (jsonencode…), keep the default.
   */
  readonly depth?: "shallow" | "deep";
}

/** What a function may know of its surroundings. All paths are relative to the scan root, with forward slashes. */
export interface FunctionContext {
  /** Directory of the module the call is written in ("" for the scan root): the value of path.module. */
  readonly modulePath: string;
  /** Directory of the root module: relative file arguments are resolved against it (Terraform's working directory). */
  readonly rootPath: string;
  /** Bytes of a file, undefined where it does not exist or would leave the scan root ("../../etc/passwd", "/etc/passwd"). */
  readFile(path: string): Uint8Array | undefined;
  /** All files at or below a directory. */
  listFiles(directory: string): readonly string[];
  /** templatefile, templatestring: parse and evaluate a template with only these variables in scope. */
  renderTemplate(source: string, file: string, variables: Mapping): TypedValue | FunctionError;
}

export interface TerraformFunction {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Any number of further arguments. */
  readonly variadic?: Parameter;
  /** Type of the result, for when it cannot be computed yet. A function of the (converted, unmarked) arguments where it depends on them. */
  readonly returns: Type | ((args: readonly TypedValue[]) => Type | FunctionError);
  /** The result is never null, even when unknown. True for nearly all of Terraform's functions, so false is what one writes. */
  readonly neverNull?: boolean;
  call(args: readonly TypedValue[], context: FunctionContext): TypedValue | FunctionError;
}

/** Calls a function with evaluated arguments. */
export function callFunction(
  fn: TerraformFunction,
  given: readonly TypedValue[],
  context: FunctionContext,
): TypedValue | FunctionError {
  const required = fn.parameters.length;
  if (given.length < required) {
    const missing = fn.parameters[given.length]?.name ?? "";
    return new FunctionError(
      `Function "${fn.name}" expects ${fn.variadic ? "at least " : ""}${required} argument(s). Missing value for "${missing}".`,
    );
  }
  if (given.length > required && !fn.variadic) {
    return new FunctionError(`Function "${fn.name}" expects only ${required} argument(s).`);
  }
  const args: TypedValue[] = [];
  let marks: Marks | undefined;
  let kept: Marks | undefined;
  let undecided = false;
  for (let i = 0; i < given.length; i++) {
    const parameter = fn.parameters[i] ?? fn.variadic;
    let arg = given[i];
    if (parameter === undefined || arg === undefined) continue;
    if (!parameter.marks && containsMarks(arg)) {
      const [stripped, taken] = unmarkDeep(arg);
      marks = joinMarks(marks, taken);
      arg = stripped;
    }
    const converted = convert(arg, parameter.type);
    if (!converted.ok)
      return new FunctionError(`Invalid value for "${parameter.name}" parameter: ${converted.message}.`, i);
    arg = converted.value;
    const bare = unmark(arg);
    if (bare instanceof NullValue && !parameter.nullable) {
      return new FunctionError(`Invalid value for "${parameter.name}" parameter: argument must not be null.`, i);
    }
    if (!parameter.unknowns && (parameter.depth === "shallow" ? bare instanceof UnknownValue : !isWhollyKnown(arg))) {
      undecided = true;
    }
    // Of an undecided call's arguments that keep their marks, only those of the whole argument reach the result.
    if (parameter.marks) kept = joinMarks(kept, marksOf(arg));
    args.push(arg);
  }
  if (undecided) {
    const type = typeof fn.returns === "function" ? fn.returns(args) : fn.returns;
    if (type instanceof FunctionError) return type;
    return mark(
      unknownOf(type, type === DYNAMIC || fn.neverNull === false ? undefined : { notNull: true }),
      joinMarks(marks, kept),
    );
  }
  const result = fn.call(args, context);
  if (result instanceof FunctionError) return result;
  if (tooLarge(result)) return new FunctionError(`The result of "${fn.name}" is too large to evaluate.`);
  return mark(result, marks);
}
