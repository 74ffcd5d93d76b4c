/** What rules answered about stacks that were read before and have not changed since: they are the very same objects. */
import type { Diagnostic } from "../model/finding.ts";
import type { Stack } from "../read/reading.ts";
import type { Judgement, RunOptions } from "./engine.ts";
import type { LedgerBook } from "./ledger.ts";

/** One root module in all of its environments, judged. */
export interface JudgedVariants {
  readonly results: readonly Judgement[];
  readonly ledger: LedgerBook;
  readonly diagnostics: readonly Diagnostic[];
}

interface Known {
  readonly variants: readonly Stack[];
  readonly options: Pick<RunOptions, "rules" | "keep" | "repositoryPath">;
  readonly judged: JudgedVariants;
}

export class JudgementMemory {
  readonly #known = new WeakMap<Stack, Known>();

  recall(variants: readonly Stack[], options: RunOptions): JudgedVariants | undefined {
    const known = variants[0] && this.#known.get(variants[0]);
    const isSame =
      known &&
      areSame(known.variants, variants) &&
      known.options.keep === options.keep &&
      known.options.repositoryPath === options.repositoryPath &&
      areSame(known.options.rules, options.rules);
    return isSame ? known.judged : undefined;
  }

  keep(variants: readonly Stack[], { rules, keep, repositoryPath }: RunOptions, judged: JudgedVariants): void {
    const [first] = variants;
    if (!first || this.#known.get(first)?.judged === judged) return;
    const options = { rules, ...(keep && { keep }), ...(repositoryPath !== undefined && { repositoryPath }) };
    this.#known.set(first, { variants, options, judged });
  }
}

const areSame = (a: readonly object[], b: readonly object[]): boolean =>
  a === b || (a.length === b.length && a.every((item, index) => item === b[index]));
