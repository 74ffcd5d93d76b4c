import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Result } from "../../../src/core/model/finding.ts";
import { renderCheckRun } from "../../../src/core/report/check-run.ts";
import { answerBySms, askBySms, renderMail } from "../../../src/core/report/messages.ts";
import { codeBlock, codeSpan, neutralise } from "../../../src/core/report/neutralise.ts";
import { branchName, type FindingFacts, renderPullRequest } from "../../../src/core/report/pull-request.ts";
import { renderSticky } from "../../../src/core/report/sticky-comment.ts";

const finding = (over: Partial<FindingFacts> = {}): FindingFacts => ({
  rule: "aws-s3-public-acl",
  title: "S3 bucket ACL grants access to everyone",
  severity: "high",
  category: "security",
  address: "aws_s3_bucket.logs",
  file: "s3.tf",
  line: 3,
  message: "acl is public-read",
  why: "Anyone can read it.",
  evidence: { path: "acl", value: '"public-read"' },
  ...over,
});

const result = (over: Partial<Result> = {}): Result => ({
  rule: "aws-s3-public-acl",
  status: "fail",
  severity: "high",
  category: "security",
  resource: { address: "aws_s3_bucket.logs", type: "aws_s3_bucket" },
  format: "terraform",
  at: { file: "s3.tf", start: 0, end: 9, line: 3, endLine: 3 },
  message: "acl is public-read",
  evidence: { path: "acl", value: '"public-read"' },
  fingerprint: "f00",
  fix: "automatic",
  ...over,
});

const pullRequest = (over: Partial<FindingFacts> = {}, aiSummary?: string) =>
  renderPullRequest({
    planId: "7F3K9Q",
    digest: "d".repeat(64),
    findings: [finding(over)],
    diff: '-  acl = "public-read"\n+  acl = "private"\n',
    risk: "in-place",
    by: "ai",
    model: "gemini",
    ...(aiSummary !== undefined && { aiSummary }),
    proofs: [{ name: "Re-scan", outcome: "the finding is gone" }],
    approvers: "anyone with write permission",
    surfaces: ["merge"],
    expires: "2026-11-24 13:00Z",
    afterApproval: "It is verified by a re-scan.",
  });

describe("text from outside", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom(
      "@everyone",
      "closes #1",
      "<img src=x>",
      "[x](https://e.example)",
      "/draco approve",
      "```\n/draco approve\n```",
      "\u202egpj",
    ),
  );

  it("cannot mention, link, close, hide or command when neutralised", () => {
    fc.assert(
      fc.property(
        fc.array(hostile).map((parts) => parts.join(" ")),
        (text) => {
          const safe = neutralise(text);
          expect(safe).not.toMatch(/@[a-z0-9]/i);
          expect(safe).not.toMatch(/https?:\/\//);
          expect(safe).not.toMatch(/(^|[^\\])[<>[\]]/);
          expect(safe).not.toMatch(/\n|\u202e/);
          expect(safe).not.toMatch(/^\//);
          expect(safe).not.toMatch(/closes #1/i);
        },
      ),
    );
  });

  it("cannot close the code that it is quoted in", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("`", "a", "\n", " ") }), (text) => {
        const block = codeBlock(text).split("\n");
        const fence = block[0] ?? "";
        expect(block.at(-1)).toBe(fence);
        expect(block.slice(1, -1).some((line) => line.trim().startsWith(fence))).toBe(false);
        expect(codeSpan(text)).not.toContain("\n");
      }),
    );
  });

  it("cannot put a command or a mention at the start of a line of a pull request", () => {
    const text = pullRequest(
      { why: "x\n/draco approve", title: "a @bob" },
      "Looks fine.\n\n/draco approve\n@alice closes #4",
    );
    expect(text.body).not.toMatch(/^\s*\/draco approve/m);
    expect(text.body).not.toMatch(/@(alice|bob)/);
    expect(text.title).not.toContain("@");
  });
});

describe("a remediation pull request", () => {
  it("says what, why, the change, the proof, the risk, the way back and how to approve", () => {
    const { body, labels } = pullRequest();
    for (const heading of [
      "What and why",
      "Evidence",
      "The change",
      "Risk",
      "How this was proven",
      "Rollback",
      "How to approve",
    ]) {
      expect(body).toContain(`### ${heading}`);
    }
    expect(labels).toEqual(["draco", "draco:security", "draco:risk-r1", "draco:needs-approval"]);
  });

  it("has a branch name that is always a valid ref", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        const branch = branchName(finding({ address: `aws_s3_bucket.${name}["é x"]` }), "0123456789abcdef");
        expect(branch).toMatch(/^draco\/security\/01234567-[a-z0-9-]+$/);
        expect(branch.length).toBeLessThanOrEqual(80);
      }),
    );
  });
});

describe("a check run", () => {
  const facts = { diagnostics: [], skipped: 0, files: 1, failOn: "high" as const, rules: new Map() };

  it("fails on a finding at or above the gate, and annotates its line", () => {
    const text = renderCheckRun({ ...facts, results: [result()] });
    expect(text.conclusion).toBe("failure");
    expect(text.annotations).toMatchObject([{ path: "s3.tf", startLine: 3, level: "failure" }]);
  });

  it("is neutral below the gate, and where something could not be read", () => {
    expect(renderCheckRun({ ...facts, results: [result({ severity: "low" })] }).conclusion).toBe("neutral");
    const broken = { severity: "error" as const, summary: "Unclosed block", file: "a.tf", line: 9, column: 1 };
    const text = renderCheckRun({ ...facts, results: [], diagnostics: [broken] });
    expect(text.conclusion).toBe("neutral");
    expect(text.summary).toContain("could not be read");
  });

  it("does not count what somebody suppressed", () => {
    const suppressed = result({ suppressed: { by: "comment", reason: "static website" } });
    expect(renderCheckRun({ ...facts, results: [suppressed] }).conclusion).toBe("success");
  });
});

describe("the sticky comment", () => {
  it("fits GitHub's limit whatever is found", () => {
    const results = Array.from({ length: 2_000 }, (_, i) =>
      result({
        message: "m".repeat(500),
        resource: { address: `aws_s3_bucket.${"b".repeat(150)}${i}`, type: "aws_s3_bucket" },
      }),
    );
    const text = renderSticky({ results, changes: [], nextStep: "Approve.", headSha: "abcdef012345" });
    expect(text.length).toBeLessThanOrEqual(58_000);
    expect(text).toContain("2000 high");
    expect(text).toContain("**Next:** Approve.");
  });
});

describe("an SMS", () => {
  const GSM7 = /^[A-Za-z0-9 \n@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà]*$/;

  it("fits two GSM-7 segments whatever the names are", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 300 }),
        fc.string({ unit: "grapheme", maxLength: 300 }),
        (repository, title) => {
          const ask = askBySms({
            repository,
            pullRequest: 123_456,
            planId: "7F3K9Q",
            title,
            severity: "critical",
            risk: "disruptive",
            code: "4827-KDWTMN",
            expires: "14:30Z",
          });
          const answer = answerBySms({ kind: "approved", planId: "7F3K9Q", repository, pullRequest: 123_456 });
          for (const text of [ask, answer]) {
            expect(text.length).toBeLessThanOrEqual(306);
            expect(text).toMatch(GSM7);
          }
        },
      ),
    );
  });
});

describe("an e-mail", () => {
  it("escapes everything and says the same in plain text", () => {
    const mail = renderMail({
      repository: "acme/infra",
      subject: "<b>x</b>\r\nBcc: a@b.example",
      paragraphs: ["<script>alert(1)</script>"],
      rows: [{ label: "Risk", value: "<i>" }],
      link: "https://github.example/acme/infra/pull/1",
    });
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.html).not.toMatch(/<script|<b>x|<i>/);
    expect(mail.text).toContain("Risk: <i>");
  });
});
