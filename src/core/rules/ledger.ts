/** What rules did, counted: nothing that was looked at, or left undecided, goes unseen. */
import type { Status } from "../model/finding.ts";

export type Outcome = Status | "not-applicable";

const OUTCOMES = ["fail", "pass", "unknown", "not-applicable"] as const;

export interface LedgerRow {
  readonly evaluated: number;
  readonly failed: number;
  readonly passed: number;
  readonly unknown: number;
  readonly notApplicable: number;
}

/** What each rule did, by rule id; rules that met no resource of their types are left out. */
export type Ledger = { readonly [rule: string]: LedgerRow };

export class LedgerBook {
  readonly #rows = new Map<string, { [outcome in Outcome]: number }>();

  count(rule: string, outcome: Outcome): void {
    let row = this.#rows.get(rule);
    if (!row) {
      row = { fail: 0, pass: 0, unknown: 0, "not-applicable": 0 };
      this.#rows.set(rule, row);
    }
    row[outcome]++;
  }

  add(other: LedgerBook): void {
    for (const [rule, counts] of other.#rows) {
      const row = this.#rows.get(rule);
      if (!row) this.#rows.set(rule, { ...counts });
      else for (const outcome of OUTCOMES) row[outcome] += counts[outcome];
    }
  }

  close(): Ledger {
    const rows = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(rows.map(([rule, row]) => [rule, ledgerRow(row)]));
  }
}

const ledgerRow = (row: { readonly [outcome in Outcome]: number }): LedgerRow => ({
  evaluated: row.fail + row.pass + row.unknown + row["not-applicable"],
  failed: row.fail,
  passed: row.pass,
  unknown: row.unknown,
  notApplicable: row["not-applicable"],
});

export const addLedgers = (ledgers: readonly Ledger[]): Ledger => {
  const total: { [rule: string]: LedgerRow } = {};
  for (const ledger of ledgers)
    for (const [rule, row] of Object.entries(ledger)) {
      const sum = total[rule];
      total[rule] = sum
        ? {
            evaluated: sum.evaluated + row.evaluated,
            failed: sum.failed + row.failed,
            passed: sum.passed + row.passed,
            unknown: sum.unknown + row.unknown,
            notApplicable: sum.notApplicable + row.notApplicable,
          }
        : row;
    }
  return total;
};
