/** What the account does by itself, as far as this code sets it: settings for a whole account and region. */
import type { View } from "../view.ts";

/** New EBS volumes are encrypted unless they say otherwise. */
export const isEncryptedByAccount = (view: View): boolean =>
  view.estate.ofType("aws_ebs_encryption_by_default").some((setting) => setting.is("enabled", true) === true);

/** New instances demand IMDSv2 unless they say otherwise. */
export const demandsTokensByAccount = (view: View): boolean =>
  view.estate
    .ofType("aws_ec2_instance_metadata_defaults")
    .some((setting) => setting.text("http_tokens") === "required");
