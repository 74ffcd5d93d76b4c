/** Numbers for Prometheus. No versions, no names of repositories. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Deps } from "../flows/deps.ts";

export interface Metrics {
  jobDone(name: string, outcome: "done" | "failed" | "postponed", seconds: number): void;
  delivery(answer: string): void;
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function openMetrics(deps: Pick<Deps, "queue" | "store">): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "draco_" });
  const registers = [registry];
  const jobs = new Histogram({
    name: "draco_job_seconds",
    help: "How long jobs took, by name and outcome",
    labelNames: ["name", "outcome"],
    buckets: [0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800],
    registers,
  });
  const deliveries = new Counter({
    name: "draco_deliveries_total",
    help: "Webhook deliveries by what Draco answered",
    labelNames: ["answer"],
    registers,
  });
  new Gauge({
    name: "draco_jobs",
    help: "Jobs by name and state",
    labelNames: ["name", "state"],
    registers,
    async collect() {
      for (const [name, depth] of Object.entries(await deps.queue.depth())) {
        for (const [state, count] of Object.entries(depth)) this.set({ name, state }, count);
      }
    },
  });
  new Gauge({
    name: "draco_changes",
    help: "Changes by state",
    labelNames: ["state"],
    registers,
    async collect() {
      this.reset();
      for (const [state, count] of Object.entries(await deps.store.changes.countByState())) this.set({ state }, count);
    },
  });
  return {
    jobDone: (name, outcome, seconds) => jobs.observe({ name, outcome }, seconds),
    delivery: (answer) => deliveries.inc({ answer }),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
