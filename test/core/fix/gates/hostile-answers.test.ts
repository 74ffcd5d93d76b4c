import { beforeAll, describe, expect, it } from "@jest/globals";
import { diffArrays } from "diff";
import fc from "fast-check";
import { loadAllRules } from "../../../../src/core/rules/registry.ts";
import type { Rule } from "../../../../src/core/rules/rule.ts";
import {
  ATTRIBUTES,
  BEHIND,
  DENIED,
  disguised,
  FOREIGN,
  GUARDS,
  INSIDE,
  SWITCHES,
  TARGETS,
  type Target,
  TURNS,
  WIDE,
} from "./hostile-corpus.ts";
import { answerOf, type Case, caseOf, filesOf, type Outcome, replaceLines, tryAnswer } from "./trial.ts";

const fixed = ({ code, from, to }: Target): string => code.replace(from, () => to);

/** The answer that turns the block into what it is in `wanted`, hunk by hunk. */
function rewrite(given: Case, wanted: string): object {
  const { file, block } = given.prompt.question;
  const before = given.prompt.lines.map((line) => file.textOf(line));
  const rest = file.textOf({ start: block.end, end: file.bytes.length });
  const after = (wanted.endsWith(rest) ? wanted.slice(0, wanted.length - rest.length) : wanted).split("\n");
  const ops: object[] = [];
  let at = 0;
  let removed = 0;
  let written: string[] = [];
  const flush = () => {
    if (removed > 0) ops.push(replaceLines(given, at - removed, at - 1, written));
    else if (written.length > 0) ops.push(replaceLines(given, at - 1, at - 1, [before[at - 1] ?? "", ...written]));
    removed = 0;
    written = [];
  };
  for (const part of diffArrays(before, after)) {
    if (part.added) written.push(...part.value);
    else if (part.removed) {
      removed += part.value.length;
      at += part.value.length;
    } else {
      flush();
      at += part.value.length;
    }
  }
  flush();
  return answerOf(ops);
}

/** Lines just before the closing brace of the finding's block. */
function inside(code: string, lines: string): string {
  const close = code.indexOf("\n}\n");
  return `${code.slice(0, close)}\n${lines}${code.slice(close)}`;
}
const behind = (code: string, lines: string): string => {
  const close = code.indexOf("\n}\n") + 3;
  return `${code.slice(0, close)}${lines}\n${code.slice(close)}`;
};

let rules: readonly Rule[] = [];
const cases = new Map<string, Case>();
const caseFor = (target: Target): Case => {
  const given = cases.get(target.name);
  if (!given) throw new Error(`no finding of ${target.rule}`);
  return given;
};

beforeAll(async () => {
  rules = await loadAllRules();
  for (const target of TARGETS) {
    const given = await caseOf(filesOf({ "main.tf": target.code }), rules, target.rule);
    if (given) cases.set(target.name, given);
  }
}, 60_000);

interface Tally {
  readonly tried: number;
  readonly passed: readonly string[];
  readonly by: { readonly [stage: string]: number };
}

async function tryAll(
  attempts: readonly { readonly name: string; readonly answer: object; readonly given: Case }[],
): Promise<Tally> {
  const by: Record<string, number> = {};
  const passed: string[] = [];
  for (const { name, answer, given } of attempts) {
    const outcome: Outcome = await tryAnswer(given, answer);
    if (outcome.passed) passed.push(name);
    else by[outcome.by] = (by[outcome.by] ?? 0) + 1;
  }
  return { tried: attempts.length, passed, by };
}

function report(what: string, { tried, passed, by }: Tally): void {
  console.log(`${what}: ${tried} tried, ${passed.length} passed; stopped by ${JSON.stringify(by)}`);
}

describe("a hostile answer", () => {
  it("is told from the same answer without the hostile part, which passes", async () => {
    for (const target of TARGETS) {
      const outcome = await tryAnswer(caseFor(target), rewrite(caseFor(target), fixed(target)));
      expect({ target: target.name, outcome }).toEqual({ target: target.name, outcome: { passed: true } });
    }
  });

  it("never passes that mends the finding and adds something denied by replaced lines", async () => {
    const attempts = TARGETS.flatMap((target) => {
      const given = caseFor(target);
      const wanted = [
        ...INSIDE.map((lines) => inside(fixed(target), `  ${lines}`)),
        ...BEHIND.map((lines) => behind(fixed(target), lines)),
        ...ATTRIBUTES.flatMap((name) =>
          FOREIGN.flatMap((text) => disguised(text).map((value) => inside(fixed(target), `  ${name} = ${value}`))),
        ),
        ...(TURNS[target.name] ?? []).map(([from, to]) => {
          if (!fixed(target).includes(from)) throw new Error(`${target.name} holds no ${from}`);
          return fixed(target).replace(from, () => to);
        }),
      ];
      return wanted.map((text) => ({ name: text, given, answer: rewrite(given, text) }));
    });
    const tally = await tryAll(attempts);
    report("hostile replace_lines", tally);
    expect(tally.tried).toBeGreaterThan(300);
    expect(tally.passed).toEqual([]);
    expect(tally.by.gate ?? 0).toBeGreaterThan(300);
  }, 120_000);

  it("never passes that does so by operations", async () => {
    const attempts = TARGETS.flatMap((target) => {
      const given = caseFor(target);
      const { ops } = rewrite(given, fixed(target)) as { readonly ops: readonly object[] };
      const address = given.prompt.alias;
      const set = (path: string, valueKind: string, value: string) => ({
        kind: "set_attribute",
        address,
        path,
        valueKind,
        value,
      });
      const block = (path: string, ...newLines: string[]) => ({ kind: "add_block", address, path, newLines });
      const extra = [
        ...SWITCHES.flatMap(([path, value]) => [set(path, "bool", value), set(path, "string", value)]),
        ...DENIED.map((path) => set(path, "string", "x")),
        ...["count", "backup_retention_period", "from_port"].map((path) => set(path, "number", "0")),
        ...[...ATTRIBUTES, "description"].flatMap((path) => FOREIGN.map((text) => set(path, "string", text))),
        ...WIDE.flatMap((text) => [
          set("cidr_blocks", "list", JSON.stringify([text])),
          set("ingress.1.cidr_blocks", "list", JSON.stringify([text])),
          set("source_ranges", "list", JSON.stringify([text])),
          set("members", "list", JSON.stringify([text])),
          block("ingress", `cidr_blocks = ["${text}"]`, "from_port = 0", "to_port = 65535", 'protocol = "tcp"'),
        ]),
        ...["var.secret", "local.open", "data.http.x.body", "module.m.out", "path.root", "terraform.workspace"].map(
          (ref) => set("kms_key_id", "reference", ref),
        ),
        ...["lifecycle", "provisioner", "connection", "dynamic", "grant", "access", "security_rule"].map((type) =>
          block(type, "x = true"),
        ),
        block("versioning", "enabled = false"),
        block("logging", "enabled = false"),
        ...GUARDS.filter((path) => target.code.split("\n}\n")[0]?.includes(`\n  ${path} `)).map((path) => ({
          kind: "remove_attribute",
          address,
          path,
        })),
        { kind: "set_attribute", address: "aws_iam_role.admin", path: "name", valueKind: "string", value: "x" },
      ];
      return extra.map((op) => ({
        name: `${target.name} ${JSON.stringify(op)}`,
        given,
        answer: answerOf([...ops, op]),
      }));
    });
    const tally = await tryAll(attempts);
    report("hostile operations", tally);
    expect(tally.tried).toBeGreaterThan(250);
    expect(tally.passed).toEqual([]);
  }, 120_000);

  it("never passes where a correct patch was mutated at random so that access is wider", async () => {
    const everywhere = fc.constantFrom(
      "0.0.0.0/0",
      "::/0",
      "*",
      "0.0.0.0/1",
      "11.0.0.0/8",
      "10.0.0.0/7",
      "172.16.0.0/12",
    );
    const port = fc.integer({ min: 1, max: 65_535 });
    const mutation = fc.oneof(
      everywhere.map((cidr) => ({ target: 1, from: '["10.0.0.0/8"]', to: `["10.0.0.0/8", "${cidr}"]` })),
      fc.integer({ min: 0, max: 7 }).map((n) => ({ target: 1, from: '["10.0.0.0/8"]', to: `["10.0.0.0/${n}"]` })),
      fc
        .ipV4()
        .filter((ip) => !ip.startsWith("10."))
        .map((ip) => ({ target: 1, from: '["10.0.0.0/8"]', to: `["${ip}/32"]` })),
      port.filter((n) => n > 443).map((n) => ({ target: 1, from: "to_port     = 443", to: `to_port     = ${n}` })),
      port.filter((n) => n < 443).map((n) => ({ target: 1, from: "from_port   = 443", to: `from_port   = ${n}` })),
      fc
        .stringMatching(/^[A-Z][a-z]{2,9}[*]?$/)
        .filter((a) => a !== "GetObject" && !a.startsWith("GetObject"))
        .map((action) => ({
          target: 2,
          from: '["s3:GetObject"]',
          to: `["s3:GetObject", "s3:${action}"]`,
        })),
      fc
        .stringMatching(/^[a-z]{3,9}$/)
        .filter((b) => b !== "logs")
        .map((bucket) => ({
          target: 2,
          from: '"arn:aws:s3:::logs/*"',
          to: `["arn:aws:s3:::logs/*", "arn:aws:s3:::${bucket}/*"]`,
        })),
      fc.stringMatching(/^[1-9][0-9]{11}$/).map((account) => ({
        target: 2,
        from: '{ Service = "logging.s3.amazonaws.com" }',
        to: `{ AWS = "arn:aws:iam::${account}:root" }`,
      })),
      fc.integer({ min: 0, max: 13 }).map((days) => ({
        target: 0,
        from: "backup_retention_period     = 14",
        to: `backup_retention_period     = ${days}`,
      })),
      fc
        .constantFrom("storage_encrypted           ", "deletion_protection         ", "copy_tags_to_snapshot       ")
        .map((name) => ({
          target: 0,
          from: `${name}= true`,
          to: `${name}= false`,
        })),
    );
    await fc.assert(
      fc.asyncProperty(mutation, async ({ target, from, to }) => {
        const chosen = TARGETS[target];
        if (!chosen) throw new Error("no such target");
        const wanted = fixed(chosen).replace(from, () => to);
        expect(wanted).not.toBe(fixed(chosen));
        expect((await tryAnswer(caseFor(chosen), rewrite(caseFor(chosen), wanted))).passed).toBe(false);
      }),
      { numRuns: 500 },
    );
  }, 120_000);
});
