/** The links of the append-only history: each names the one before, under a key that the database does not hold. */
import { createHmac } from "node:crypto";
import { canonicalJson, type Json } from "./canonical.ts";

export interface HistoryEntry {
  /** Which chain: "repository:42". */
  readonly chain: string;
  /** 1, 2, 3… without gaps. */
  readonly seq: number;
  readonly changeId?: string;
  readonly at: Date;
  readonly event: string;
  readonly from?: string;
  readonly to?: string;
  /** Pseudonym: erasing the person leaves the chain whole. */
  readonly actor: string;
  readonly surface: string;
  readonly digest?: string;
  /** Delivery, message or comment that made it happen. */
  readonly source?: string;
  readonly detail: Json;
  readonly prevHash: string;
  readonly hash: string;
}

export type Unlinked = Omit<HistoryEntry, "hash">;

/** What the first entry of a chain names as its predecessor. */
export const GENESIS = "0".repeat(64);

/** @param key at least 32 bytes, kept outside the database. */
export function linkHash(key: string, entry: Unlinked): string {
  const text = canonicalJson({
    chain: entry.chain,
    seq: entry.seq,
    changeId: entry.changeId,
    at: entry.at.toISOString(),
    event: entry.event,
    from: entry.from,
    to: entry.to,
    actor: entry.actor,
    surface: entry.surface,
    digest: entry.digest,
    source: entry.source,
    detail: entry.detail,
    prevHash: entry.prevHash,
  });
  return createHmac("sha256", key).update(text, "utf8").digest("hex");
}

/** A known link to compare with: the stored head, or a checkpoint kept elsewhere. */
export interface Anchor {
  readonly seq: number;
  readonly hash: string;
}

export type Verification =
  | { readonly ok: true; readonly length: number; readonly head: string }
  | { readonly ok: false; readonly seq: number; readonly reason: string };

/** Where a walk along one chain has come to; lets long chains be verified page by page. */
export interface Walk {
  readonly seq: number;
  readonly hash: string;
}

export const START: Walk = { seq: 0, hash: GENESIS };

/** Walks on from `walk` over entries in order; stops at the first that was altered, removed or put in. */
export function verifyLinks(
  key: string,
  walk: Walk,
  entries: readonly HistoryEntry[],
  anchors: readonly Anchor[] = [],
): Verification & { readonly walk: Walk } {
  let at = walk;
  const broken = (seq: number, reason: string) => ({ ok: false as const, seq, reason, walk: at });
  for (const entry of entries) {
    if (entry.seq !== at.seq + 1) return broken(at.seq + 1, `entry ${at.seq + 1} is missing`);
    if (entry.prevHash !== at.hash) return broken(entry.seq, "does not follow the entry before it");
    if (entry.hash !== linkHash(key, entry)) return broken(entry.seq, "was altered");
    const anchor = anchors.find(({ seq }) => seq === entry.seq);
    if (anchor && anchor.hash !== entry.hash) return broken(entry.seq, "differs from the checkpoint");
    at = { seq: entry.seq, hash: entry.hash };
  }
  return { ok: true, length: at.seq, head: at.hash, walk: at };
}
