/** Connects each job to the flow that does it. */
import type { JobName, Jobs } from "../adapters/store/jobs.ts";
import { applyChange } from "../flows/apply-change.ts";
import { decide } from "../flows/decide.ts";
import type { Deps } from "../flows/deps.ts";
import { processDelivery } from "../flows/process-delivery.ts";
import { proposeFix } from "../flows/propose-fix.ts";
import { recover } from "../flows/recover.ts";
import { runSchedules } from "../flows/run-schedules.ts";
import { scanRepository } from "../flows/scan-repository.ts";
import { sendMessage } from "../flows/send-message.ts";
import { verifyChange } from "../flows/verify-change.ts";

export const FLOWS: { readonly [Name in JobName]: (deps: Deps, data: Jobs[Name]) => Promise<void> } = {
  "receive-delivery": processDelivery,
  "scan-repository": scanRepository,
  "propose-fix": proposeFix,
  decide,
  "apply-change": applyChange,
  "verify-change": verifyChange,
  "send-message": sendMessage,
  recover,
  "schedule-tick": runSchedules,
};
