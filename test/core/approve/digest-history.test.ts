import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { canonicalJson, type Json } from "../../../src/core/approve/canonical.ts";
import { digestOf, type Shown } from "../../../src/core/approve/digest.ts";
import { GENESIS, type HistoryEntry, linkHash, START, verifyLinks } from "../../../src/core/approve/history.ts";

const KEY = "k".repeat(32);

describe("canonical JSON", () => {
  it("does not depend on the order of keys, and reads back as the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as Json);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value) as Json)).toBe(text);
      }),
    );
  });
});

describe("the digest of what was shown", () => {
  const shown: Shown = {
    repository: 1,
    root: "live",
    pullNumber: 12,
    headSha: "aaa",
    baseSha: "bbb",
    edits: [
      { file: "a.tf", start: 0, end: 3, text: "x" },
      { file: "b.tf", start: 4, end: 4, text: "y" },
    ],
    plan: { tool: "terraform", version: "1.11.0", hash: "h" },
    policy: { quorum: 1 },
    attempts: 0,
  };
  it("is the same for the same, in whatever order the edits come", () => {
    expect(digestOf({ ...shown, edits: [...shown.edits].reverse() })).toBe(digestOf(shown));
    expect(digestOf(shown)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
  it("is another for anything else", () => {
    const others: Partial<Shown>[] = [
      { repository: 2 },
      { root: "" },
      { pullNumber: undefined },
      { headSha: "aab" },
      { baseSha: "bbc" },
      { edits: shown.edits.slice(1) },
      { edits: shown.edits.map((edit) => ({ ...edit, end: edit.end + 1 })) },
      { edits: shown.edits.map((edit) => ({ ...edit, text: `${edit.text} ` })) },
      { plan: undefined },
      { plan: { tool: "terraform", version: "1.11.1", hash: "h" } },
      { policy: { quorum: 2 } },
      { attempts: 1 },
    ];
    const digests = [{}, ...others].map((over) => digestOf({ ...shown, ...over }));
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe("the chain of history", () => {
  const chain = (length: number): HistoryEntry[] => {
    const entries: HistoryEntry[] = [];
    for (let seq = 1; seq <= length; seq++) {
      const entry = {
        chain: "repository:1",
        seq,
        changeId: `c${seq % 3}`,
        at: new Date(1_700_000_000_000 + seq),
        event: "approve",
        from: "a",
        to: "b",
        actor: "p1",
        surface: "sms",
        digest: "d",
        source: `s${seq}`,
        detail: { n: seq },
        prevHash: entries.at(-1)?.hash ?? GENESIS,
      };
      entries.push({ ...entry, hash: linkHash(KEY, entry) });
    }
    return entries;
  };

  it("holds when nothing was touched, page by page too", () => {
    const entries = chain(10);
    expect(verifyLinks(KEY, START, entries)).toMatchObject({ ok: true, length: 10 });
    const first = verifyLinks(KEY, START, entries.slice(0, 4));
    expect(verifyLinks(KEY, first.walk, entries.slice(4))).toMatchObject({ ok: true, length: 10 });
  });

  it("breaks at the entry where any column was changed", () => {
    const entries = chain(6);
    const columns = ["changeId", "event", "from", "to", "actor", "surface", "digest", "source"] as const;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.constantFrom(...columns), (index, column) => {
        const forged = entries.map((entry, i) => (i === index ? { ...entry, [column]: `${entry[column]}!` } : entry));
        expect(verifyLinks(KEY, START, forged)).toMatchObject({ ok: false, seq: index + 1 });
      }),
    );
    const moved = entries.map((entry) => (entry.seq === 3 ? { ...entry, at: new Date(0) } : entry));
    expect(verifyLinks(KEY, START, moved)).toMatchObject({ ok: false, seq: 3 });
    const detail = entries.map((entry) => (entry.seq === 3 ? { ...entry, detail: {} } : entry));
    expect(verifyLinks(KEY, START, detail)).toMatchObject({ ok: false, seq: 3 });
  });

  it("breaks when entries are taken out, swapped, or forged by somebody without the key", () => {
    const entries = chain(6);
    expect(verifyLinks(KEY, START, entries.toSpliced(2, 1))).toMatchObject({ ok: false, seq: 3 });
    expect(verifyLinks(KEY, START, entries.toSpliced(0, 1))).toMatchObject({ ok: false, seq: 1 });
    const [a, b, ...rest] = entries;
    expect(a && b && verifyLinks(KEY, START, [b, a, ...rest])).toMatchObject({ ok: false, seq: 1 });
    expect(verifyLinks("another key, just as long as this", START, entries)).toMatchObject({ ok: false, seq: 1 });
  });

  it("shows against a checkpoint that the chain was rewritten", () => {
    const entries = chain(3);
    expect(verifyLinks(KEY, START, entries, [{ seq: 2, hash: "f".repeat(64) }])).toMatchObject({ ok: false, seq: 2 });
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
