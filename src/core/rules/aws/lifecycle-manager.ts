/** Data Lifecycle Manager: copies of snapshots in other regions. */

import type { FixOperation } from "../../model/patch.ts";
import { eachBlock, requireSet, requireTrue } from "../checks.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example } from "./shapes.ts";

const POLICY = "aws_dlm_lifecycle_policy";
const DOCS = "https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-lifecycle.html";
const KEY = '"arn:aws:kms:eu-central-1:123456789012:key/1"';

const policy = (details: string): string =>
  example(
    POLICY,
    'description        = "copies"',
    'execution_role_arn = "arn:aws:iam::123456789012:role/dlm"',
    block("policy_details", details),
  );
const onEvent = (...lines: readonly string[]): string =>
  policy(
    block(
      "action",
      'name = "copy"',
      block("cross_region_copy", 'target = "eu-central-1"', block("encryption_configuration", ...lines)),
    ),
  );
const onSchedule = (...lines: readonly string[]): string =>
  policy(
    block(
      "schedule",
      'name = "daily"',
      block("create_rule", "interval = 24"),
      block("retain_rule", "count = 7"),
      block("cross_region_copy_rule", 'target = "eu-central-1"', ...lines),
    ),
  );

const EVENTS = "policy_details.action.cross_region_copy.encryption_configuration";
const SCHEDULES = "policy_details.schedule.cross_region_copy_rule";

interface Copies {
  readonly id: string;
  readonly checkov: string;
  readonly at: string;
  readonly copied: string;
  readonly show: (...lines: readonly string[]) => string;
}

const encrypted = ({ id, checkov, at, copied, show }: Copies): Rule =>
  rule({
    id,
    aliases: alias(checkov),
    title: `Snapshots that are copied ${copied} are not encrypted`,
    severity: "medium",
    category: "security",
    profile: "strict",
    on: POLICY,
    why: "A copy may leave the encryption of its source behind. Whoever gets hold of it reads the disk.",
    remedy: "Set encrypted = true where copies to other regions are described.",
    references: [DOCS],
    check: (view) =>
      eachBlock(view, at, (item) => requireTrue(item, "encrypted", { message: "Copies are in plain text" })),
    fix: {
      risk: "in-place",
      edit: (view): readonly FixOperation[] =>
        view
          .blocks(at)
          .items.filter((item) => item.is("encrypted") !== true)
          .map((item) => set(`${item.path}.encrypted`, true)),
    },
    bad: show("encrypted = false"),
    good: show("encrypted = true"),
  });

const withKey = ({ id, checkov, at, copied, show }: Copies): Rule =>
  rule({
    id,
    aliases: alias(checkov),
    title: `Snapshots that are copied ${copied} do not use a key of your own`,
    severity: "low",
    category: "security",
    profile: "strict",
    on: POLICY,
    why: "Copies are encrypted with the key that AWS manages in the other region. With a key of your own you decide who may decrypt them.",
    remedy: "Name a key in cmk_arn where copies to other regions are described.",
    references: [DOCS],
    check: (view) =>
      eachBlock(view, at, (item) => requireSet(item, "cmk_arn", { message: "No key of your own is named" })),
    bad: show("encrypted = true"),
    good: show("encrypted = true", `cmk_arn   = ${KEY}`),
  });

export const eventCopies = encrypted({
  id: "aws-dlm-event-copy-encryption",
  checkov: "CKV_AWS_253",
  at: EVENTS,
  copied: "on an event",
  show: onEvent,
});
export const eventCopyKey = withKey({
  id: "aws-dlm-event-copy-customer-key",
  checkov: "CKV_AWS_254",
  at: EVENTS,
  copied: "on an event",
  show: onEvent,
});
export const scheduledCopies = encrypted({
  id: "aws-dlm-schedule-copy-encryption",
  checkov: "CKV_AWS_255",
  at: SCHEDULES,
  copied: "on a schedule",
  show: onSchedule,
});
export const scheduledCopyKey = withKey({
  id: "aws-dlm-schedule-copy-customer-key",
  checkov: "CKV_AWS_256",
  at: SCHEDULES,
  copied: "on a schedule",
  show: onSchedule,
});
