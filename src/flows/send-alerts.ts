/** Who is told, and how: SMS to enrolled approvers, e-mail to those whom the policy names. All through the outbox. */
import { createHmac } from "node:crypto";
import type { Repository } from "../adapters/store/repositories.ts";
import type { Change } from "../core/approve/change.ts";
import { formatCode, hashCode } from "../core/approve/code.ts";
import type { Policy } from "../core/approve/policy.ts";
import { mayApprove } from "../core/approve/who.ts";
import { type Severity, severityRank } from "../core/model/finding.ts";
import { answerBySms, askBySms, renderMail, type SmsOutcome } from "../core/report/messages.ts";
import { askWho } from "./ask-who.ts";
import { type Deps, fullName, repoOf } from "./deps.ts";
import { readPolicy } from "./judge.ts";

const CODE_MINUTES = 30;

/**
 * Asks everyone who can approve this change, on every channel that the policy opens.
 * @param again what asks for it once more, though it was asked before; else the same question is asked once.
 */
export async function askApprovers(
  deps: Deps,
  repository: Repository,
  change: Change,
  severity: Severity,
  policy: Policy,
  again = "",
): Promise<void> {
  if (change.digest === undefined || change.pullNumber === undefined) return;
  await askPhones(
    deps,
    repository,
    { ...change, digest: change.digest, pullNumber: change.pullNumber },
    severity,
    policy,
    again,
  );
  await mailTo(deps, repository, change, policy, severity, {
    key: `ask:${change.digest}:${again}`,
    subject: `approval wanted: ${change.title}`,
    paragraphs: [
      "Draco has written and proven a fix. It is applied only once somebody who may do so approves exactly this change.",
    ],
  });
}

type Shown = Change & { readonly digest: string; readonly pullNumber: number };

/** One code each: bound to change, digest, approver and phone; kept only as a hash. */
async function askPhones(
  deps: Deps,
  repository: Repository,
  change: Shown,
  severity: Severity,
  policy: Policy,
  again: string,
): Promise<void> {
  if (!deps.sms || !wants(policy, severity, "sms")) return;
  for (const phone of await deps.store.phones.reachable()) {
    const actor = await deps.store.actors.get(phone.actorId);
    if (!actor?.login || (phone.lockedUntil && phone.lockedUntil > deps.now())) continue;
    const who = await askWho(deps, repoOf(repository), policy, actor.login);
    if (!mayApprove(policy, who, change, "sms").ok || change.contributors.includes(actor.id)) continue;

    const expiresAt = new Date(deps.now().getTime() + CODE_MINUTES * 60_000);
    const key = `sms:ask:${change.id}:${change.digest}:${phone.id}:${again}`;
    // The same question has the same code, so that a second run does not kill the code that the first has sent.
    const code = formatCode(createHmac("sha256", deps.key).update(`code:${key}`).digest());
    await deps.store.codes.issue({
      hash: hashCode(deps.key, code),
      changeId: change.id,
      digest: change.digest,
      actorId: actor.id,
      phoneId: phone.id,
      expiresAt,
    });
    const body = askBySms({
      repository: fullName(repository),
      pullRequest: change.pullNumber,
      planId: change.planId,
      title: change.title,
      severity,
      risk: change.risk,
      code,
      expires: `${expiresAt.toISOString().slice(11, 16)}Z`,
    });
    await deps.store.outbox.add({
      idempotencyKey: key,
      channel: "sms",
      changeId: change.id,
      payload: { to: phone.e164, body },
    });
  }
}

/** Answers one person's SMS. */
export async function answerSms(
  deps: Deps,
  to: string,
  source: string,
  outcome: SmsOutcome,
  changeId?: string,
): Promise<void> {
  await deps.store.outbox.add({
    idempotencyKey: `sms:answer:${source}`,
    channel: "sms",
    payload: { to, body: answerBySms(outcome) },
    ...(changeId !== undefined && { changeId }),
  });
}

/** How it ended, to those who approved by SMS and those whom the policy names. */
export async function alertOutcome(deps: Deps, repository: Repository, change: Change): Promise<void> {
  const good = change.state === "verified";
  const { policy } = await readPolicy(deps, repository, repoOf(repository));
  const severity = await severityOf(deps, change);
  for (const approval of await deps.store.approvals.of(change.id)) {
    if (approval.surface !== "sms" || approval.digest !== change.digest || approval.voidedAt) continue;
    const phone = await deps.store.phones.ofActor(approval.actor);
    if (!phone || phone.optedOutAt) continue;
    await answerSms(
      deps,
      phone.e164,
      `outcome:${change.id}:${change.digest}:${phone.id}`,
      {
        kind: good ? "applied" : "failed",
        planId: change.planId,
        repository: fullName(repository),
        pullRequest: change.pullNumber ?? 0,
      },
      change.id,
    );
  }
  await mailTo(deps, repository, change, policy, severity, {
    key: `outcome:${change.state}:${change.digest}`,
    subject: good ? `applied and verified: ${change.title}` : `${change.state}: ${change.title}`,
    paragraphs: [
      good
        ? "The change was applied, and verified by a second look."
        : `A person is needed: ${change.reason ?? change.state}`,
    ],
  });
}

/** That of the gravest finding which the change mends. */
export async function severityOf(deps: Deps, change: Change): Promise<Severity> {
  const findings = await deps.store.findings.list({ repository: change.repository, root: change.root });
  return findings
    .filter((f) => change.fingerprints.includes(f.fingerprint))
    .reduce<Severity>((most, f) => (severityRank(f.severity) > severityRank(most) ? f.severity : most), "low");
}

async function mailTo(
  deps: Deps,
  repository: Repository,
  change: Change,
  policy: Policy,
  severity: Severity,
  what: { readonly key: string; readonly subject: string; readonly paragraphs: readonly string[] },
): Promise<void> {
  if (!deps.mail) return;
  const to = new Set(
    alertsFor(policy, severity, "email").flatMap((alert) => alert.to.filter((address) => address.includes("@", 1))),
  );
  const mail = renderMail({
    repository: fullName(repository),
    subject: what.subject,
    paragraphs: what.paragraphs,
    rows: [
      { label: "Change", value: change.planId },
      { label: "Severity", value: severity },
      { label: "Risk", value: change.risk },
      { label: "Digest", value: change.digest ?? "" },
    ],
    ...(change.pullNumber !== undefined && { link: pullUrl(deps, repository, change.pullNumber) }),
  });
  for (const address of to) {
    await deps.store.outbox.add({
      idempotencyKey: `mail:${change.id}:${what.key}:${address}`,
      channel: "email",
      changeId: change.id,
      payload: { to: address, ...mail },
    });
  }
}

const pullUrl = (deps: Deps, repository: Repository, number: number): string =>
  `${deps.webUrl}/${fullName(repository)}/pull/${number}`;

const alertsFor = (policy: Policy, severity: Severity, channel: "sms" | "email") =>
  policy.alerts.filter((a) => a.channels.includes(channel) && severityRank(severity) >= severityRank(a.severity));

/** SMS approval needs no alert line of its own: opening it in the policy is enough. */
const wants = (policy: Policy, severity: Severity, channel: "sms"): boolean =>
  policy.approve.sms || alertsFor(policy, severity, channel).length > 0;
