/**
 * What one evaluation of a root module shares: diagnostics, budgets, and the chain of names being evaluated, by which a
 * cycle is seen. Everything here is bounded, so that no configuration can make a scan hang.
 */
import type { Diagnostic } from "../../model/finding.ts";
import type { HclFile, Span } from "../hcl/ast.ts";
import { NullValue, type TypedValue, UNKNOWN } from "./typed-value.ts";
import { DYNAMIC } from "./types.ts";

/** Expressions evaluated per root module before everything further is unknown (about a second). */
const MAX_STEPS = 5_000_000;
/** Length of a chain of references, each waiting for the next; what lies deeper would overflow the stack. */
const MAX_CHAIN = 400;
/** Expressions inside of expressions, through references too; deeper ones would overflow the stack. */
const MAX_DEPTH = 500;
/** Instances of resources and modules in one root module. */
const MAX_INSTANCES = 50_000;

/** Values that are computed once, when they are first asked for. */
export type Memo = Map<string, TypedValue>;

/** Stands in a memo for a value that is being computed. */
const BUSY: TypedValue = new NullValue(DYNAMIC);

export class Session {
  readonly diagnostics: Diagnostic[] = [];
  /** Where evaluation is: a cycle is told at the reference that closes it. */
  file: HclFile | undefined;
  at: Span = { start: 0, end: 0 };
  exhausted = false;
  #steps = 0;
  #depth = 0;
  #instances = 0;
  #captured: string[] | undefined;
  /** Owner and name of everything that is being computed, alternately. */
  readonly #chain: string[] = [];
  readonly #told = new Set<string>();

  /** Counts one step, or as many as something costs; false when the budget is spent. */
  step(file: HclFile, span: Span, cost = 1): boolean {
    this.#steps += cost;
    if (this.#steps <= MAX_STEPS) return true;
    if (!this.exhausted) {
      this.exhausted = true;
      this.#tell(
        file,
        span,
        "error",
        "Evaluation is too expensive",
        "The configuration needs more than five million steps; the rest is treated as unknown.",
      );
    }
    return false;
  }

  /** One expression inside of another: counts a step and a level. Every true is followed by `leave`. */
  enter(file: HclFile, span: Span): boolean {
    if (!this.step(file, span)) return false;
    if (this.#depth < MAX_DEPTH) {
      this.#depth++;
      return true;
    }
    const detail = `More than ${MAX_DEPTH} expressions wait for this one.`;
    this.#tell(file, span, "error", "Expression is nested too deeply", detail);
    return false;
  }

  leave(): void {
    this.#depth--;
  }

  /** Counts instances; false when there would be too many. */
  allocate(count: number, file: HclFile, span: Span): boolean {
    if (this.#instances + count <= MAX_INSTANCES) {
      this.#instances += count;
      return true;
    }
    this.#tell(
      file,
      span,
      "error",
      "Too many instances",
      `More than ${MAX_INSTANCES} instances in one root module; one stands for all of these.`,
    );
    return false;
  }

  /** An expression that cannot be evaluated: its value is unknown, everything else goes on. */
  report(
    file: HclFile,
    span: Span,
    summary: string,
    detail: string,
    severity: "error" | "warning" = "warning",
  ): typeof UNKNOWN {
    if (this.#captured !== undefined) this.#captured.push(`${summary}: ${detail}`);
    else this.#tell(file, span, severity, summary, detail);
    return UNKNOWN;
  }

  #tell(file: HclFile, span: Span, severity: "error" | "warning", summary: string, detail: string): void {
    const key = `${file.file}:${span.start}:${summary}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const range = file.rangeOf(span);
    this.diagnostics.push({
      severity,
      summary,
      detail,
      file: file.file,
      line: range.line,
      column: file.columnAt(span.start),
      range,
    });
  }

  /** Runs an expression for try() and can(): its errors are returned, not told. */
  capture(compute: () => TypedValue): { readonly value: TypedValue; readonly errors: readonly string[] } {
    const outer = this.#captured;
    const errors: string[] = [];
    this.#captured = errors;
    const value = compute();
    this.#captured = outer;
    return { value, errors };
  }

  /**
   * The value of `name` in a memo, computed on first use. Errors inside belong to it, not to a try() around its first
   * use. `owner` is the module or resource whose memo it is, for messages.
   */
  once(memo: Memo, name: string, owner: string, compute: (name: string) => TypedValue): TypedValue {
    const known = memo.get(name);
    if (known !== undefined && known !== BUSY) return known;
    const { file, at } = this;
    if (known === BUSY || this.#chain.length >= 2 * MAX_CHAIN) {
      if (file !== undefined) this.#tellChain(known === BUSY, name, owner, file, at);
      return UNKNOWN;
    }
    const captured = this.#captured;
    this.#captured = undefined;
    memo.set(name, BUSY);
    this.#chain.push(owner, name);
    const value = compute(name);
    this.#chain.length -= 2;
    memo.set(name, value);
    this.#captured = captured;
    this.file = file;
    this.at = at;
    return value;
  }

  #tellChain(cycle: boolean, name: string, owner: string, file: HclFile, at: Span): void {
    const names: string[] = [];
    for (let i = 0; i < this.#chain.length; i += 2)
      names.push(qualified(this.#chain[i] ?? "", this.#chain[i + 1] ?? ""));
    const last = qualified(owner, name);
    if (cycle) {
      const loop = [...names.slice(names.lastIndexOf(last)), last];
      this.#tell(file, at, "error", "Cycle", `${loop.join(" → ")}: each needs the next to be evaluated first.`);
    } else {
      const detail = `More than ${MAX_CHAIN} references wait for ${last}.`;
      this.#tell(file, at, "error", "Reference chain is too long", detail);
    }
  }
}

const qualified = (owner: string, name: string): string => (owner === "" ? name : `${owner}.${name}`);
