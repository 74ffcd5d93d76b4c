/** Forgets what has been dealt with and is old enough: payloads of deliveries, SMS that came in, contents nobody uses. */
import type { Deps } from "./deps.ts";

const DAY_MS = 86_400_000;
/** Contents can always be fetched again. */
const UNUSED_BLOB_DAYS = 30;

export async function keepRetention(deps: Pick<Deps, "store" | "now" | "log" | "retentionDays">): Promise<void> {
  const daysAgo = (days: number): Date => new Date(deps.now().getTime() - days * DAY_MS);
  const deliveries = await deps.store.deliveries.forget(daysAgo(deps.retentionDays));
  const messages = await deps.store.messages.forget(daysAgo(deps.retentionDays));
  const blobs = await deps.store.blobs.forget(daysAgo(UNUSED_BLOB_DAYS));
  if (deliveries + messages + blobs > 0) deps.log.info({ deliveries, messages, blobs }, "forgotten, being old enough");
}
