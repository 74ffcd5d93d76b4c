/** What others may import. Everything else in this package may change without notice. */

export { type ScanOptions, scan } from "./app/scan.ts";
export type { Category, Evidence, ResourceRef, Severity, Skipped, Status, Suppression } from "./core/model/finding.ts";
export type { RootReport, RuleInfo, ScanError, ScanReport, ScanResult } from "./core/report/scan-report.ts";
export type { Baseline, BaselineEntry } from "./core/rules/baseline.ts";
export type { Ledger, LedgerRow } from "./core/rules/ledger.ts";
