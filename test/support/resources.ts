/** Resources, stacks and rules for tests, with the least that a test must say. */
import type { Resource } from "../../src/core/model/resource.ts";
import type { SourceRange } from "../../src/core/model/source-range.ts";
import type { Stack } from "../../src/core/read/reading.ts";
import { requireTrue } from "../../src/core/rules/checks.ts";
import { type Rule, type RuleSource, rule } from "../../src/core/rules/rule.ts";

export const range = (file: string, line: number, endLine = line): SourceRange => ({
  file,
  start: line * 100,
  end: endLine * 100 + 99,
  line,
  endLine,
});

interface ResourceFacts extends Partial<Resource> {
  readonly file?: string;
  /** First and last line of the block. */
  readonly lines?: readonly [number, number];
  /** Line of each attribute path that is written. */
  readonly places?: { readonly [path: string]: number };
}

/** aws_s3_bucket.logs in main.tf, lines 1 to 3, unless said otherwise. */
export function resource(facts: ResourceFacts = {}): Resource {
  const { file = "main.tf", lines = [1, 3], places = {}, attributes = {}, ...rest } = facts;
  const address = rest.address ?? "aws_s3_bucket.logs";
  const bare = address.replace(/\[[^\]]*\]/g, "").split(".");
  return {
    address,
    type: rest.type ?? bare.at(-2) ?? "",
    name: rest.name ?? bare.at(-1) ?? "",
    module: rest.module ?? "",
    attributes,
    sensitive: [],
    references: [],
    origin: {
      kind: "code",
      format: "terraform",
      range: range(file, lines[0], lines[1]),
      header: range(file, lines[0]),
      locate: (path) => {
        const line = places[path];
        return line === undefined ? undefined : { range: range(file, line), steps: [] };
      },
    },
    ...rest,
  };
}

export const stack = (resources: readonly Resource[], facts: Partial<Stack> = {}): Stack => ({
  format: "terraform",
  path: "",
  resources,
  ...facts,
});

/** Fails a bucket whose `encrypted` is not true, unless said otherwise. */
export const testRule = (facts: Partial<RuleSource> = {}): Rule =>
  rule({
    id: "test-encrypted",
    title: "It is not encrypted",
    severity: "high",
    category: "security",
    on: "aws_s3_bucket",
    why: "Whoever holds the disk reads it.",
    remedy: "Set encrypted to true.",
    check: (view) => requireTrue(view, "encrypted"),
    bad: "",
    good: "",
    ...facts,
  });
