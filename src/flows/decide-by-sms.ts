/**
 * One SMS, by its SID. The number only says whom to ask about; the code is the authority. Unknown numbers get silence,
 * wrong and expired codes the same words.
 */
import type { ApprovalCode } from "../adapters/store/codes.ts";
import { hashCode, readSms } from "../core/approve/code.ts";
import { approveChange, denyChange } from "./approve-change.ts";
import { type Deps, fullName } from "./deps.ts";
import { refreshSticky } from "./refresh-sticky.ts";
import { answerSms } from "./send-alerts.ts";

export async function decideBySms(deps: Deps, sid: string): Promise<void> {
  const message = await deps.store.messages.get(sid);
  if (!message || message.processedAt) return;
  const outcome = await carryOut(deps, message.fromNumber, message.body, sid);
  await deps.store.messages.finish(sid, outcome);
}

/** Returns what came of it, for the record. */
async function carryOut(deps: Deps, from: string, body: string, sid: string): Promise<string> {
  const phone = await deps.store.phones.byNumber(from);
  if (!phone?.verifiedAt || phone.optedOutAt) return "unknown number";
  const said = readSms(body);
  if (said.kind === "stop") await deps.store.phones.optOut(from);
  if (said.kind !== "reply") return `nothing to do: ${said.kind}`;
  const { reply } = said;
  if (phone.lockedUntil && phone.lockedUntil > deps.now()) return "locked";

  const code = await deps.store.codes.find(phone.id, hashCode(deps.key, reply.code));
  if (!code) return badTry(deps, phone, sid);
  await deps.store.phones.goodTry(phone.id);
  const change = await deps.store.changes.get(code.changeId);
  const actor = await deps.store.actors.get(code.actorId);
  const repository = change && (await deps.store.repositories.get(change.repository));
  if (!change || !repository || actor?.githubId === undefined || actor.login === undefined)
    return "nothing to decide any more";
  const about = { planId: change.planId, repository: fullName(repository), pullRequest: change.pullNumber ?? 0 };

  // The approval comes before the code is used up: a crash in between is made good by the next try, which finds it.
  const say = { change, user: { id: actor.githubId, login: actor.login }, surface: "sms" as const, source: sid };
  const answer =
    reply.verb === "OK" ? await approveChange(deps, say, code.digest) : await denyChange(deps, say, "refused by SMS");
  const stands = answer.ok || (await saidBefore(deps, code, reply.verb));
  await deps.store.codes.use(code.id);
  const kind = !stands ? "stale" : reply.verb === "OK" ? "approved" : "denied";
  await answerSms(deps, from, sid, { kind, ...about }, change.id);
  if (change.pullNumber !== undefined) await refreshSticky(deps, repository, { pullNumber: change.pullNumber });
  await refreshSticky(deps, repository, {});
  return `${kind}: ${answer.text}`;
}

/** Whether an earlier try of this very reply came through. */
async function saidBefore(deps: Deps, code: ApprovalCode, verb: "OK" | "NO"): Promise<boolean> {
  if (verb === "NO") return (await deps.store.changes.get(code.changeId))?.state === "denied";
  const standing = await deps.store.approvals.standing(code.changeId, code.digest);
  return standing.some((approval) => approval.actor === code.actorId);
}

async function badTry(deps: Deps, phone: { readonly id: string; readonly e164: string }, sid: string): Promise<string> {
  const { triesLeft, lockedUntil } = await deps.store.phones.badTry(phone.id);
  await answerSms(
    deps,
    phone.e164,
    sid,
    lockedUntil
      ? { kind: "locked", until: `${lockedUntil.toISOString().slice(11, 16)}Z` }
      : { kind: "no-match", triesLeft },
  );
  return lockedUntil ? "locked after too many bad codes" : "no such code";
}
