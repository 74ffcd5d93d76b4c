/** Secrets Manager: keys and rotation. */

import { requireThat, someJoined } from "../checks.ts";
import { controls } from "../compliance.ts";
import { rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided, verdictOf } from "../verdict.ts";
import { alias, block, example } from "./shapes.ts";

const SECRET = "aws_secretsmanager_secret";
const ROTATION = "aws_secretsmanager_secret_rotation";
const DOCS = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/";
const secret = (...lines: readonly string[]): string => example(SECRET, 'name = "s"', ...lines);

export const ownKey = rule({
  id: "aws-secrets-manager-customer-key",
  aliases: alias("CKV_AWS_149", "AWS-0098"),
  title: "Secret does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: SECRET,
  why: "The key that AWS manages opens the secret to everyone in the account who may read it. With a key of your own there is a second lock.",
  remedy: "Name a key of your own in kms_key_id.",
  references: [`${DOCS}security-encryption.html`],
  check: (view) =>
    requireThat(view, "kms_key_id", (v) => v !== "" && !String(v).includes("aws/secretsmanager"), {
      message: "AWS's own key is used",
    }),
  bad: [secret(), secret('kms_key_id = "alias/aws/secretsmanager"')],
  good: secret('kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"'),
});

export const rotated = rule({
  id: "aws-secrets-manager-rotation",
  aliases: alias("CKV2_AWS_57"),
  title: "Secret is not rotated",
  severity: "low",
  category: "security",
  profile: "strict",
  on: SECRET,
  why: "A secret that leaked works until somebody changes it, which nobody does. Rotation changes it by itself.",
  remedy: `Add an ${ROTATION} with a function that changes the secret.`,
  references: [`${DOCS}rotating-secrets.html`],
  compliance: controls({ nist: ["IA-5"], soc2: ["CC6.1"] }),
  check(view) {
    if (view.has("rotation_lambda_arn") !== false || view.blocks("rotation_rules").items.length > 0) return pass();
    return someJoined(view, ROTATION, "secret_id", () => pass(), "Nothing rotates it");
  },
  bad: secret(),
  good: `${secret()}
resource "${ROTATION}" "x" {
  secret_id           = aws_secretsmanager_secret.x.id
  rotation_lambda_arn = "arn:aws:lambda:eu-west-1:123456789012:function:rotate"
  rotation_rules {
    automatically_after_days = 30
  }
}
`,
});

const MOST_DAYS = 90;
const rotation = (...rules: readonly string[]): string =>
  example(ROTATION, 'secret_id = "s"', block("rotation_rules", ...rules));

export const rotatedInTime = rule({
  id: "aws-secrets-manager-rotation-days",
  aliases: alias("CKV_AWS_304"),
  title: "Secret is rotated less often than every 90 days",
  severity: "low",
  category: "security",
  profile: "strict",
  on: ROTATION,
  why: "A secret that leaked works until it is changed. The longer that takes, the more can be done with it.",
  remedy: "Set rotation_rules.automatically_after_days to 90 or less.",
  references: [`${DOCS}rotate-secrets_schedule.html`],
  check(view) {
    const message = "It is rotated too rarely";
    const days = view.get("rotation_rules.automatically_after_days");
    if (days.kind === "value") return verdictOf(Number(days.value) <= MOST_DAYS, days.path, message);
    if (days.kind === "unknown") return undecided(days.path);
    const schedule = view.get("rotation_rules.schedule_expression");
    if (schedule.kind === "unknown") return undecided(schedule.path);
    if (schedule.kind === "absent") return fail("rotation_rules", "It says not how often");
    const [, count, unit] = /^rate\(\s*(\d+)\s+(hour|day)s?\s*\)$/.exec(String(schedule.value)) ?? [];
    // Schedules in the manner of cron repeat within a year at most; how often exactly is not worked out here.
    if (count === undefined) return /^cron\(/.test(String(schedule.value)) ? notApplicable : undecided(schedule.path);
    return verdictOf(Number(count) <= (unit === "day" ? MOST_DAYS : MOST_DAYS * 24), schedule.path, message);
  },
  bad: [rotation("automatically_after_days = 180"), rotation('schedule_expression = "rate(180 days)"')],
  good: [rotation("automatically_after_days = 30"), rotation('schedule_expression = "rate(4 hours)"')],
});
