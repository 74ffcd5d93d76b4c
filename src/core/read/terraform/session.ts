/**
 * What one evaluation of a root module shares: diagnostics, budgets, and the chain of names being evaluated, by which a
 * cycle is seen. Everything here is bounded, so that no configuration can make a scan hang.
 */
import type { Diagnostic } from "../../model/finding.ts";
import type { HclFile, Span } from "../hcl/ast.ts";
import { type TypedValue, UNKNOWN } from "./typed-value.ts";

/** Expressions evaluated per root module before everything further is unknown (about a second). */
const MAX_STEPS = 5_000_000;
/** Length of a chain of references, each waiting for the next; what lies deeper would overflow the stack. */
const MAX_CHAIN = 400;
/** Expressions inside of expressions, through references too; deeper ones would overflow the stack. */
const MAX_DEPTH = 500;
/** Instances of resources and modules in one root module. */
const MAX_INSTANCES = 50_000;

/** A value that is computed once, when it is first asked for. */
export interface Cell {
  value: TypedValue | undefined;
  busy: boolean;
}

export const newCell = (): Cell => ({ value: undefined, busy: false });

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

  /** The cell's value, computed on first use. Errors inside belong to the cell, not to a try() around its first use. */
  once(cell: Cell, name: string, compute: () => TypedValue): TypedValue {
    if (cell.value !== undefined) return cell.value;
    const { file, at } = this;
    if (cell.busy || this.#chain.length >= MAX_CHAIN) {
      if (file !== undefined) {
        if (cell.busy) {
          const loop = [...this.#chain.slice(this.#chain.lastIndexOf(name)), name];
          this.#tell(file, at, "error", "Cycle", `${loop.join(" → ")}: each needs the next to be evaluated first.`);
        } else
          this.#tell(
            file,
            at,
            "error",
            "Reference chain is too long",
            `More than ${MAX_CHAIN} references wait for ${name}.`,
          );
      }
      return UNKNOWN;
    }
    const captured = this.#captured;
    this.#captured = undefined;
    cell.busy = true;
    this.#chain.push(name);
    const value = compute();
    this.#chain.pop();
    cell.busy = false;
    cell.value = value;
    this.#captured = captured;
    this.file = file;
    this.at = at;
    return value;
  }
}
