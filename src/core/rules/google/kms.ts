/** Cloud KMS keys. */
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example } from "../shapes.ts";
import { fail, notApplicable, pass, undecided, verdictOf } from "../verdict.ts";

const KEY = "google_kms_crypto_key";
const key = (...lines: readonly string[]): string => example(KEY, 'name     = "k"', 'key_ring = "r"', ...lines);

const DAY = 86_400;

export const rotation = rule({
  id: "google-kms-key-rotation",
  aliases: alias("CKV_GCP_43", "GCP-0065"),
  title: "KMS key is not rotated every 90 days",
  severity: "high",
  category: "security",
  on: KEY,
  why: "Whoever has copied the key reads everything that it ever encrypts. Rotation limits what one version protects.",
  remedy: 'Set rotation_period = "7776000s" (90 days), or less.',
  references: ["https://cloud.google.com/kms/docs/key-rotation"],
  check(view) {
    const purpose = view.get("purpose");
    if (purpose.kind === "unknown") return undecided("purpose");
    // Only symmetric keys rotate by themselves.
    if (purpose.kind === "value" && purpose.value !== "ENCRYPT_DECRYPT") return notApplicable;
    const period = view.get("rotation_period");
    if (period.kind === "absent") return fail("rotation_period", "The key is never rotated");
    if (period.kind === "unknown") return undecided("rotation_period");
    const seconds = /^(\d+)(?:\.\d+)?s$/.exec(String(period.value))?.[1];
    const good = seconds !== undefined && Number(seconds) >= DAY && Number(seconds) <= 90 * DAY;
    return verdictOf(good, "rotation_period", `${String(period.value)} is not between 1 and 90 days`);
  },
  fix: { risk: "in-place", edit: () => [set("rotation_period", "7776000s")] },
  bad: [key(), key('rotation_period = "15552000s"')],
  good: [key('rotation_period = "7776000s"'), key('purpose  = "ASYMMETRIC_SIGN"')],
});

export const preventDestroy = rule({
  id: "google-kms-key-prevent-destroy",
  aliases: alias("CKV_GCP_82"),
  title: "KMS key can be destroyed by mistake",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: KEY,
  why: "What a key encrypted cannot be read once its versions are destroyed. With prevent_destroy Terraform refuses until it is taken out on purpose.",
  remedy: "Add lifecycle { prevent_destroy = true }.",
  references: ["https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle"],
  check: (view) =>
    view.resource.origin.kind === "live"
      ? notApplicable
      : view.resource.lifecycle?.preventDestroy
        ? pass()
        : fail(undefined, "Nothing keeps it from being destroyed"),
  fix: { risk: "in-place", edit: () => [set("lifecycle.0.prevent_destroy", true)] },
  bad: [
    key('rotation_period = "7776000s"'),
    key('rotation_period = "7776000s"', block("lifecycle", "prevent_destroy = false")),
  ],
  good: key('rotation_period = "7776000s"', block("lifecycle", "prevent_destroy = true")),
});
