/** What buckets tell of their objects. */
import { someJoined } from "../checks.ts";
import { rule } from "../rule.ts";
import { pass } from "../verdict.ts";
import { alias, example } from "./shapes.ts";
import { isFromTemplate } from "./template.ts";

const NOTIFICATION = "aws_s3_bucket_notification";
const BUCKET = example("aws_s3_bucket", 'bucket = "b"');

export const notifications = rule({
  id: "aws-s3-event-notifications",
  aliases: alias("CKV2_AWS_62"),
  title: "Bucket tells nobody of its objects",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_s3_bucket",
  why: "Objects come and go, and nothing outside of the bucket knows. Events let a queue, topic or function act on what should not happen.",
  remedy: `Add an ${NOTIFICATION} for the bucket.`,
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html"],
  check(view) {
    if (isFromTemplate(view) && view.has("notification_configuration") !== false)
      return pass("notification_configuration");
    return someJoined(view, NOTIFICATION, "bucket", () => pass(), "No events are sent");
  },
  bad: BUCKET,
  good: `${BUCKET}
resource "${NOTIFICATION}" "x" {
  bucket      = aws_s3_bucket.x.id
  eventbridge = true
}
`,
});
