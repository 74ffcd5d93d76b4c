/** Who may decide about a change, by the policy of the default branch. */
import type { Json } from "./canonical.ts";
import type { Change } from "./change.ts";
import type { Policy } from "./policy-schema.ts";

/** Somebody as GitHub knows them at this moment. */
export interface Person {
  readonly login: string;
  /** GitHub's name for it: admin, maintain, write, triage, read, none. */
  readonly permission: string;
  /** "acme/platform"; only those that the policy names need be asked for. */
  readonly teams?: readonly string[];
}

const RANK = ["none", "read", "triage", "write", "maintain", "admin"];
const rank = (permission: string): number => RANK.indexOf(permission);

/**
 * Whoever is named, is in a team that is named, or has the permission asked for. To read the repository is the least:
 * somebody who lost access decides nothing, though the file may still name them.
 */
export function mayApprove(
  { approve: { who } }: Policy,
  person: Person,
  change: Pick<Change, "planId">,
): { readonly ok: true } | { readonly ok: false; readonly reason: string } {
  if (rank(person.permission) < rank("read")) {
    return { ok: false, reason: "they have no access to this repository" };
  }
  const named = who.users.some((user) => plain(user) === plain(person.login));
  const inTeam = who.teams.some((team) => person.teams?.some((theirs) => plain(theirs) === plain(team)));
  const permitted = who.permission !== "none" && rank(person.permission) >= rank(who.permission);
  if (named || inTeam || permitted) return { ok: true };
  const others = [...who.users, ...who.teams].map((name) => `@${name.replace(/^@/, "")}`).join(", ");
  const needed = who.permission === "none" ? [] : [`${who.permission} permission on this repository`];
  const able = [...needed, ...(others === "" ? [] : [`being one of ${others}`])].join(", or ");
  return { ok: false, reason: `deciding about ${change.planId} needs ${able === "" ? "somebody to be named" : able}` };
}

const plain = (name: string): string => name.replace(/^@/, "").toLowerCase();

/** What of the policy an approval rests on: when any of it changes, approvals given before are void. */
export function policyDigestPart({ approve, apply }: Policy): Json {
  return { approve, apply };
}
