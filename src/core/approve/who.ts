/** Who may decide a change: the default branch's policy, applied to what GitHub says of a person at this moment. */
import type { Json } from "./canonical.ts";
import type { Change, Surface } from "./change.ts";
import type { Policy } from "./policy.ts";

export interface Who {
  readonly login: string;
  readonly permission: "admin" | "maintain" | "write" | "triage" | "read" | "none";
  /** Those of the policy's teams that the person is an active member of. */
  readonly teams: readonly string[];
}

export type Allowed = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const RANK: { readonly [permission in Who["permission"]]: number } = {
  none: 0,
  read: 1,
  triage: 2,
  write: 3,
  maintain: 4,
  admin: 5,
};

/** What a person may do on a repository without being named: approve, deny, scan, ask for fixes. */
export function mayDecide(policy: Policy, who: Who): Allowed {
  const { users, teams, permission } = policy.approve.who;
  // Somebody who lost all access is named in vain.
  if (RANK[who.permission] < RANK.read) return { ok: false, reason: "has no access to this repository" };
  if (users.some((user) => sameLogin(user, who.login))) return { ok: true };
  if (teams.some((team) => who.teams.includes(plain(team)))) return { ok: true };
  if (permission !== "none" && RANK[who.permission] >= RANK[permission]) return { ok: true };
  return { ok: false, reason: `needs ${wanted(policy)}` };
}

/** The same for one change by one surface: SMS is the weakest, and never decides what destroys or replaces. */
export function mayApprove(policy: Policy, who: Who, change: Pick<Change, "risk" | "plan">, surface: Surface): Allowed {
  if (surface === "sms") {
    if (!policy.approve.sms) return { ok: false, reason: "the policy does not allow approval by SMS (approve.sms)" };
    const destroys = (change.plan?.destroy ?? 0) > 0;
    if (change.risk === "replaces" || destroys) {
      return { ok: false, reason: "SMS cannot approve what destroys or replaces; use the pull request" };
    }
  }
  return mayDecide(policy, who);
}

/** Teams that a policy names, as "org/slug". */
export const teamsOf = (policy: Policy): readonly string[] => policy.approve.who.teams.map(plain);

/** In words, for pull requests and refusals. */
export function wanted(policy: Policy): string {
  const { users, teams, permission } = policy.approve.who;
  const named = [...users.map(plain), ...teams.map(plain)];
  const ranked = permission === "none" ? [] : [`${permission} permission`];
  return [...ranked, ...named].join(", or one of ") || "somebody whom the policy names";
}

/** What of the policy an approval rests on: when it changes, what was approved under it is void. */
export const policyDigestPart = (policy: Policy): Json => ({
  approve: policy.approve as unknown as Json,
  apply: policy.apply as unknown as Json,
});

const plain = (name: string): string => name.replace(/^@/, "").toLowerCase();
const sameLogin = (a: string, b: string): boolean => plain(a) === plain(b);
