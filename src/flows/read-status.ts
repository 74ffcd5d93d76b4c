/** What the status page shows. */
import { isOpen } from "../core/approve/state.ts";
import type { StatusFacts } from "../core/report/status-page.ts";
import { type Deps, fullName } from "./deps.ts";

export async function readStatus(deps: Deps, withDetails: boolean): Promise<StatusFacts> {
  const [repositories, findings, changes, depth, paused] = await Promise.all([
    deps.store.repositories.list(),
    deps.store.findings.countOpen(),
    deps.store.changes.list({ limit: 50 }),
    deps.queue.depth(),
    deps.store.settings.paused(),
  ]);
  const channel = (name: string, there: unknown) => ({ name, state: there ? "on" : "off" });
  return {
    paused: paused !== undefined,
    queue: Object.entries(depth).map(([name, d]) => ({ name, waiting: d.waiting + d.active, failed: d.dead })),
    counts: {
      repositories: repositories.length,
      openFindings: Object.values(findings).reduce((a, b) => a + b, 0),
      openChanges: changes.filter((c) => isOpen(c.state)).length,
    },
    channels: [
      channel("SMS (Twilio)", deps.sms),
      channel("E-mail (SendGrid)", deps.mail),
      channel("AI (Gemini)", deps.model),
      channel("Terraform", deps.terraform),
    ],
    ...(withDetails && { details: await details(deps) }),
  };
}

async function details(deps: Deps): Promise<NonNullable<StatusFacts["details"]>> {
  const changes = await deps.store.changes.list({ limit: 50 });
  const repositories = new Map((await deps.store.repositories.list()).map((r) => [r.id, fullName(r)]));
  const planIds = new Map(changes.map((c) => [c.id, c.planId]));
  const history = await deps.store.history.recent(200);
  return {
    changes: changes.map((c) => ({
      planId: c.planId,
      repository: repositories.get(c.repository) ?? String(c.repository),
      title: c.title,
      state: c.state,
      updated: minute(c.updatedAt),
      ...(c.pullNumber !== undefined && { pullRequest: `#${c.pullNumber}` }),
    })),
    history: history.map((h) => ({
      at: minute(h.at),
      planId: (h.changeId && planIds.get(h.changeId)) ?? "",
      from: h.from ?? "",
      to: h.to ?? "",
      by: h.login ?? h.actor,
      surface: h.surface,
      digest: (h.digest ?? "").replace("sha256:", ""),
    })),
  };
}

const minute = (at: Date): string => at.toISOString().slice(0, 16).replace("T", " ");
