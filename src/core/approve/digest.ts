/** The digest that approvals are bound to: of exactly what was shown, and nothing that may change without consequence. */
import { createHash } from "node:crypto";
import type { Edit } from "../model/patch.ts";
import { canonicalJson, type Json } from "./canonical.ts";
import type { PlanShown } from "./change.ts";

export interface Shown {
  readonly repository: number;
  readonly root: string;
  readonly pullNumber?: number | undefined;
  readonly headSha: string;
  readonly baseSha: string;
  readonly edits: readonly Edit[];
  readonly plan?: Pick<PlanShown, "tool" | "version" | "hash"> | undefined;
  /** The policy that judges the approval, as parsed: a changed policy voids what was approved under the old one. */
  readonly policy: Json;
  /** How many digests of this change were used up: the same content may be tried again, but only approved again. */
  readonly attempts: number;
}

/** "sha256:" and 64 hexadecimal digits. The order of the edits does not matter. */
export function digestOf(shown: Shown): string {
  const edits = shown.edits
    .map((edit) => ({ file: edit.file, start: edit.start, end: edit.end, text: edit.text }))
    .sort((a, b) => compare(a.file, b.file) || a.start - b.start || a.end - b.end || compare(a.text, b.text));
  const text = canonicalJson({
    draco: "change/1",
    repository: shown.repository,
    root: shown.root,
    pullNumber: shown.pullNumber,
    headSha: shown.headSha,
    baseSha: shown.baseSha,
    edits,
    plan: shown.plan && { tool: shown.plan.tool, version: shown.plan.version, hash: shown.plan.hash },
    policy: shown.policy,
    attempts: shown.attempts,
  });
  return `sha256:${createHash("sha256").update(text, "utf8").digest("hex")}`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
