/** Connects each job to the flow that does it, and waits out what is only late: rate limits, locks, pauses. */
import { Probot } from "probot";
import { RateLimited, Unreachable } from "../adapters/errors.ts";
import type { JobName, Jobs } from "../adapters/store/jobs.ts";
import { Postpone, type Queue } from "../adapters/store/queue.ts";
import { applyChange, Busy } from "../flows/apply-change.ts";
import { decide } from "../flows/decide.ts";
import type { Deps } from "../flows/deps.ts";
import { processDelivery, type Receive } from "../flows/process-delivery.ts";
import { proposeFix } from "../flows/propose-fix.ts";
import { recover } from "../flows/recover.ts";
import { runSchedules } from "../flows/run-schedules.ts";
import { scanRepository } from "../flows/scan-repository.ts";
import { sendMessage } from "../flows/send-message.ts";
import { verifyChange } from "../flows/verify-change.ts";
import type { Metrics } from "./metrics.ts";
import { dracoApp } from "./probot.ts";

type Flows = { readonly [Name in JobName]: (deps: Deps, data: Jobs[Name]) => Promise<void> };

const BUSY_MS = 10_000;
const UNREACHABLE_MS = 30_000;
/** How many of a kind one process does at a time. Applies and plans use whole processors. */
const CONCURRENCY: Partial<Record<JobName, number>> = { "receive-delivery": 4, decide: 2, "send-message": 4 };

export function startWorker(deps: Deps, queue: Queue, metrics: Metrics): void {
  const flows = flowsWith(deps);
  for (const name of Object.keys(flows) as JobName[]) work(deps, queue, metrics, flows, name);
  queue.every(60, { name: "schedule-tick", data: {} });
  queue.every(300, { name: "recover", data: {} });
}

function flowsWith(deps: Deps): Flows {
  const receive = receiver(deps);
  return {
    "receive-delivery": (d, job) => processDelivery(d, job, receive),
    "scan-repository": scanRepository,
    "propose-fix": proposeFix,
    decide,
    "apply-change": applyChange,
    "verify-change": verifyChange,
    "send-message": sendMessage,
    recover,
    "schedule-tick": runSchedules,
  };
}

/** Deliveries were verified at the door; from here on they are Probot's events. */
function receiver(deps: Deps): Receive {
  const probot = new Probot({ githubToken: "unused", secret: deps.key, logLevel: "error" });
  const loaded = probot.load(dracoApp(deps));
  return async ({ guid, name, payload }) => {
    await loaded;
    await probot.receive({ id: guid, name, payload } as unknown as Parameters<Probot["receive"]>[0]);
  };
}

function work<Name extends JobName>(deps: Deps, queue: Queue, metrics: Metrics, flows: Flows, name: Name): void {
  const handler = async (data: Jobs[Name]): Promise<void> => {
    const started = performance.now();
    const took = (): number => (performance.now() - started) / 1000;
    try {
      await flows[name](deps, data);
      metrics.jobDone(name, "done", took());
    } catch (error) {
      const wait = pauseAfter(error);
      metrics.jobDone(name, wait === undefined ? "failed" : "postponed", took());
      if (wait === undefined) throw error;
      deps.log.info({ job: name, waitMs: wait, why: String(error) }, "job waits");
      throw new Postpone(new Date(deps.now().getTime() + wait), String(error));
    }
  };
  queue.work(name, handler, { concurrency: CONCURRENCY[name] ?? 1 });
}

/** Milliseconds to wait before the same job is worth trying again; undefined for a failure. */
function pauseAfter(error: unknown): number | undefined {
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  if (cause instanceof RateLimited) return cause.retryAfterMs;
  if (cause instanceof Busy) return BUSY_MS;
  if (cause instanceof Unreachable) return UNREACHABLE_MS;
  return undefined;
}
