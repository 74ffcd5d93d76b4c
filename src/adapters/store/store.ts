/** Everything that Draco remembers, as small functions grouped by noun. No type of the database leaks out of here. */
import { randomBytes, randomUUID } from "node:crypto";
import { actors } from "./actors.ts";
import { aiCalls } from "./ai-calls.ts";
import { applies } from "./applies.ts";
import { approvals } from "./approvals.ts";
import { blobs } from "./blobs.ts";
import { changes } from "./changes.ts";
import { codes } from "./codes.ts";
import { commands } from "./commands.ts";
import type { Database } from "./database.ts";
import { deliveries } from "./deliveries.ts";
import { findings } from "./findings.ts";
import type { PrismaClient } from "./generated/client.ts";
import { history } from "./history.ts";
import { locks } from "./locks.ts";
import { messages } from "./messages.ts";
import { outbox } from "./outbox.ts";
import { phones } from "./phones.ts";
import type { Queue } from "./queue.ts";
import { installations, pulls, repositories } from "./repositories.ts";
import { scans } from "./scans.ts";
import { schedules } from "./schedules.ts";
import { settings } from "./settings.ts";
import { subjects } from "./subjects.ts";

export interface StoreDeps {
  readonly prisma: PrismaClient;
  readonly queue: Queue;
  /** Key of the history's links; at least 32 bytes, kept outside the database. */
  readonly auditKey: string;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly newPlanId: () => string;
}

export interface StoreOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly auditKey: string;
  /** The clock; the real one unless told. */
  readonly now?: () => Date;
}

export type Store = ReturnType<typeof openStore>;

export function openStore({ database, queue, auditKey, now }: StoreOptions) {
  if (Buffer.byteLength(auditKey) < 32) throw new Error("The audit key must have at least 32 bytes.");
  const deps: StoreDeps = {
    prisma: database.prisma,
    queue,
    auditKey,
    now: now ?? (() => new Date()),
    newId: randomUUID,
    newPlanId,
  };
  return {
    queue,
    installations: installations(deps),
    repositories: repositories(deps),
    pulls: pulls(deps),
    deliveries: deliveries(deps),
    blobs: blobs(deps),
    scans: scans(deps),
    findings: findings(deps),
    actors: actors(deps),
    changes: changes(deps),
    history: history(deps),
    approvals: approvals(deps),
    applies: applies(deps),
    locks: locks(deps),
    outbox: outbox(deps),
    messages: messages(deps),
    phones: phones(deps),
    codes: codes(deps),
    aiCalls: aiCalls(deps),
    schedules: schedules(deps),
    commands: commands(deps),
    settings: settings(deps),
    subjects: subjects(deps),
  };
}

/** Crockford's base 32: no I, L, O, U, so that it can be read out. 30 bits; the database refuses a second of its kind. */
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function newPlanId(): string {
  return [...randomBytes(6)].map((byte) => CROCKFORD[byte % 32]).join("");
}
