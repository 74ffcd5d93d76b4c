import { describe, expect, it } from "@jest/globals";
import { SURFACES } from "../../../src/core/approve/change.ts";
import { DEFAULT_POLICY, NOTHING_ALLOWED, type Policy, parsePolicy } from "../../../src/core/approve/policy.ts";
import { mayApprove, mayDecide, policyDigestPart, teamsOf, type Who, wanted } from "../../../src/core/approve/who.ts";

const policy = (yaml: string): Policy => {
  const parsed = parsePolicy(`version: 1\n${yaml}`);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.summary);
  return parsed.policy;
};
const named = policy("approve:\n  who: { permission: none, users: ['@Ana'], teams: ['@acme/Platform'] }");
const who = (login: string, permission: Who["permission"], teams: readonly string[] = []): Who => ({
  login,
  permission,
  teams,
});

describe("deciding", () => {
  it.each([
    ["none", false],
    ["read", false],
    ["triage", false],
    ["write", true],
    ["maintain", true],
    ["admin", true],
  ] as const)("with %s permission is allowed by default: %s", (permission, allowed) => {
    expect(mayDecide(DEFAULT_POLICY, who("ana", permission)).ok).toBe(allowed);
  });

  it("is for those whom the policy names, however their login is written", () => {
    expect(mayDecide(named, who("ANA", "read"))).toEqual({ ok: true });
    expect(mayDecide(named, who("eve", "read", ["acme/platform"]))).toEqual({ ok: true });
    expect(mayDecide(named, who("eve", "admin"))).toEqual({ ok: false, reason: "needs ana, or one of acme/platform" });
    expect(mayDecide(named, who("anaa", "admin", ["acme/platform-2"])).ok).toBe(false);
  });

  it("is not for somebody who lost access, though the policy still names them", () => {
    expect(mayDecide(named, who("ana", "none", ["acme/platform"]))).toEqual({
      ok: false,
      reason: "has no access to this repository",
    });
  });

  it("is for nobody while the policy is broken", () => {
    expect(mayDecide(NOTHING_ALLOWED, who("ana", "admin"))).toEqual({
      ok: false,
      reason: "needs somebody whom the policy names",
    });
  });
});

describe("approving by SMS", () => {
  const open = policy("approve: { sms: true }");
  const writer = who("ana", "write");
  const plan = (destroy: number) => ({ tool: "t", version: "1", add: 1, change: 1, destroy, text: "", hash: "h" });

  it("needs the policy's leave; no other surface does", () => {
    for (const surface of SURFACES) {
      expect(mayApprove(DEFAULT_POLICY, writer, { risk: "in-place" }, surface).ok).toBe(surface !== "sms");
    }
    expect(mayApprove(open, writer, { risk: "in-place", plan: plan(0) }, "sms").ok).toBe(true);
  });

  it("never decides what replaces or destroys, which other surfaces may", () => {
    for (const change of [{ risk: "replaces" as const }, { risk: "in-place" as const, plan: plan(1) }]) {
      expect(mayApprove(open, writer, change, "sms").ok).toBe(false);
      expect(mayApprove(open, writer, change, "command").ok).toBe(true);
    }
  });

  it("still needs who may decide at all", () => {
    expect(mayApprove(open, who("eve", "read"), { risk: "in-place" }, "sms").ok).toBe(false);
  });
});

it("says in words, and in GitHub's names, whom the policy wants", () => {
  expect(wanted(DEFAULT_POLICY)).toBe("write permission");
  expect(wanted(policy("approve:\n  who: { permission: admin, users: ['@Ana'] }"))).toBe(
    "admin permission, or one of ana",
  );
  expect(teamsOf(named)).toEqual(["acme/platform"]);
});

it("counts what an approval rests on into its digest, and nothing else of the policy", () => {
  const digest = (yaml: string) => JSON.stringify(policyDigestPart(policy(yaml)));
  expect(digest("approve: { quorum: 2 }")).not.toBe(digest("approve: { quorum: 1 }"));
  expect(digest("apply: { engine: terraform }")).not.toBe(digest("apply: { engine: none }"));
  expect(digest("scan: { profile: strict }")).toBe(digest("scan: { profile: default }"));
});
