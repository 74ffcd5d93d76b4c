import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  AS_OF,
  eksVersionRetired,
  eksVersionsSupported,
  isPast,
  lambdaRuntimeRetired,
  rdsCertificateExpires,
} from "../../../../src/core/rules/evaluators/dates.ts";
import { findSecrets, isSecretName } from "../../../../src/core/rules/evaluators/secrets.ts";

describe("dates", () => {
  it("judges by the date that is passed in", () => {
    const end = eksVersionRetired("1.31") ?? "";
    expect(isPast(end, "2026-11-25")).toBe(false);
    expect(isPast(end, "2026-11-27")).toBe(true);
  });

  it("knows what is old, and leaves what it does not know", () => {
    expect(isPast(lambdaRuntimeRetired("python3.7") ?? "", AS_OF)).toBe(true);
    expect(isPast(rdsCertificateExpires("rds-ca-2019") ?? "", AS_OF)).toBe(true);
    expect(eksVersionRetired("1.18.9")).toBe("2022-11-01");
    expect(eksVersionRetired("1.99")).toBeUndefined();
    expect(lambdaRuntimeRetired("cobol85")).toBeUndefined();
    expect(eksVersionsSupported("2026-08-01")).toContain("1.33");
  });
});

/** Assembled here, so that no scanner takes this file for a leak. */
const join = (...parts: readonly string[]): string => parts.join("");

describe("secrets", () => {
  it.each([
    ["aws-access-key-id", join("AKIA", "IOSFODNN7EXAMPLE")],
    ["aws-secret-access-key", join("AWS_SECRET_ACCESS_KEY=", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")],
    ["private-key", join("-----BEGIN RSA ", "PRIVATE KEY-----\nMIIEabc\n-----END RSA PRIVATE KEY-----")],
    ["github-token", join("ghp_", "a".repeat(36))],
    ["slack-token", join("xoxb-", "123456789012-abcdefghij")],
    ["stripe-key", join("sk_live_", "abcdefghijklmnop")],
    ["google-api-key", join("AIza", "SyA1234567890abcdefghijklmnopqrstuv")],
    ["sendgrid-key", join("SG.", "a".repeat(22), ".", "b".repeat(43))],
    ["json-web-token", join("eyJhbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxMjM0NTY3ODkwIn0.", "dBjftJeZ4CVPmB92K27uhbUJU1p1r")],
    ["url-credentials", "postgres://app:s3cr3t-pw@db.internal:5432/app"],
    ["connection-string", "Server=db;User=app;Password=s3cr3t-pw;"],
  ])("finds a %s and says where", (kind, text) => {
    const [found] = findSecrets(`# before\n${text}\n`);
    expect(found?.kind).toBe(kind);
    expect(found && found.end > found.start).toBe(true);
  });

  it("cuts exactly the secret, not what is around it", () => {
    const text = "postgres://app:s3cr3t-pw@db/app";
    const [found] = findSecrets(text);
    expect(found && text.slice(found.start, found.end)).toBe("s3cr3t-pw");
  });

  it.each([
    "postgres://app:${var.password}@db/app",
    "commit 3f2b8c1d9e0a7f6b5c4d3e2f1a0b9c8d7e6f5a4b",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
    "https://example.com/path?x=1",
    "mock_access_key",
  ])("leaves %s alone", (text) => expect(findSecrets(text)).toEqual([]));

  it("guesses by name only when asked to, and never a reference", () => {
    expect(findSecrets("db_password = hunter22")).toEqual([]);
    expect(findSecrets("db_password = hunter22", { guess: true }).map((s) => s.kind)).toEqual(["named-secret"]);
    expect(findSecrets("hunter22", { key: "DB_PASSWORD", guess: true })).toHaveLength(1);
    expect(findSecrets("arn:aws:ssm:eu-west-1:1:parameter/x", { key: "DB_PASSWORD", guess: true })).toEqual([]);
    expect(isSecretName("secret_arn")).toBe(false);
    expect(isSecretName("API_KEY")).toBe(true);
  });

  it("returns ranges in order that do not overlap, whatever the text (property)", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(join("AKIA", "IOSFODNN7EXAMPLE"), "password=abcdefgh", "a://b:cdef@g "),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join(" ");
        const found = findSecrets(text, { guess: true });
        return found.every((s, i) => s.start < s.end && s.end <= text.length && (found[i - 1]?.end ?? 0) <= s.start);
      }),
    );
  });
});
