/** What others may import. Everything else in this package may change without notice. */

/** Draco as a Probot application, for those who bring their own adapters: `app.load(dracoApp(deps))`. */
export { dracoApp } from "./app/probot.ts";
export { type ScanOptions, scan } from "./app/scan.ts";
export type { Category, Evidence, ResourceRef, Severity, Skipped, Status, Suppression } from "./core/model/finding.ts";
export type { RootReport, RuleInfo, ScanError, ScanReport, ScanResult } from "./core/report/scan-report.ts";
export type { Baseline, BaselineEntry } from "./core/rules/baseline.ts";
export type { Ledger, LedgerRow } from "./core/rules/ledger.ts";
export type { Deps } from "./flows/deps.ts";
