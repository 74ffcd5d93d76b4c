/** What flows are given: adapters as plain objects, and the clock. Built once in app/. */
import type { Model } from "../adapters/gemini/types.ts";
import type { GitHub, Repo } from "../adapters/github/types.ts";
import type { SendGrid } from "../adapters/sendgrid/types.ts";
import type { Queue } from "../adapters/store/queue.ts";
import type { Repository } from "../adapters/store/repositories.ts";
import type { Store } from "../adapters/store/store.ts";
import type { Terraform } from "../adapters/terraform/types.ts";
import type { Twilio } from "../adapters/twilio/types.ts";
import type { Rule } from "../core/rules/rule.ts";
import type { ScanMemory } from "./scan-memory.ts";

export interface Deps {
  readonly store: Store;
  readonly queue: Queue;
  readonly github: GitHub;
  /** Absent: fixes come from built-in fixers only. */
  readonly model?: { readonly client: Model; readonly name: string; readonly dailyRequests: number };
  readonly sms?: Twilio;
  readonly mail?: SendGrid;
  /** Absent: nothing can be planned or applied here, and what should be is recorded as skipped. */
  readonly terraform?: { readonly client: Terraform; readonly stateDir: string; readonly scratchDir: string };
  readonly rules: () => Promise<readonly Rule[]>;
  /** What was read and judged of a repository before, by its id. Absent: every commit is looked at anew. */
  readonly memory?: (repository: number) => ScanMemory;
  readonly now: () => Date;
  readonly log: Log;
  /** Address under which people and services reach Draco. */
  readonly publicUrl: string;
  /** Where people see repositories: https://github.com */
  readonly webUrl: string;
  /** Names this process in leases. */
  readonly worker: string;
  /** How long payloads and incoming messages are kept once they have been dealt with. */
  readonly retentionDays: number;
  /** Keys approval codes and plan digests; never leaves the process. */
  readonly key: string;
}

export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export const repoOf = (repository: Repository): Repo => ({
  installationId: repository.installationId,
  id: repository.id,
  owner: repository.owner,
  name: repository.name,
});

export const fullName = (repository: { readonly owner: string; readonly name: string }): string =>
  `${repository.owner}/${repository.name}`;
