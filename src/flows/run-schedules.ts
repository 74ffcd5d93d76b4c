/** Every minute: scans that a repository's cron lines ask for. */
import { nextRun } from "../core/approve/cron.ts";
import type { Deps } from "./deps.ts";

export async function runSchedules(deps: Deps): Promise<void> {
  for (const due of await deps.store.schedules.claimDue(nextRun)) {
    await deps.queue.send({
      name: "scan-repository",
      data: { repository: due.repository, trigger: "schedule" },
      key: `${due.repository}:schedule`,
    });
  }
}
