/** What an account keeps of what happens in it: log groups, AWS Config, GuardDuty. Trails are in cloudtrail.ts. */

import { asSeenFrom, requireOneOf, requireThat, requireTrue, someJoined } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, anyOf, fail, notApplicable, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { alias, block, example, ownKey, setAt, switchedTo } from "./shapes.ts";
import { isFromTemplate } from "./template.ts";

const LOG_GROUP = "aws_cloudwatch_log_group";
const DOCS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/";
const group = (...lines: readonly string[]): string => example(LOG_GROUP, 'name = "g"', ...lines);

export const retention = rule({
  id: "aws-log-group-retention",
  aliases: alias("CKV_AWS_66"),
  title: "Log group keeps everything for ever",
  severity: "low",
  category: "cost",
  on: LOG_GROUP,
  why: "Logs pile up at a price by the gigabyte and month, and nobody looks at those of years ago. Personal data in them must not be kept for ever either.",
  remedy: "Set retention_in_days to what you need, for example 365.",
  references: [`${DOCS}Working-with-log-groups-and-streams.html`],
  check: (view) => requireThat(view, "retention_in_days", (v) => v !== "", { message: "Nothing is ever deleted" }),
  fix: { risk: "disruptive", edit: () => [set("retention_in_days", 365)] },
  bad: group(),
  good: group("retention_in_days = 365"),
});

export const longRetention = rule({
  id: "aws-log-group-year",
  aliases: alias("CKV_AWS_338"),
  title: "Log group keeps logs for less than a year",
  severity: "low",
  category: "security",
  profile: "strict",
  on: LOG_GROUP,
  why: "Break-ins are often found months later, when the logs that show them are gone. Several standards ask for a year.",
  remedy: "Set retention_in_days = 365 or more, or 0 for ever.",
  references: [`${DOCS}Working-with-log-groups-and-streams.html`],
  check: (view) =>
    requireThat(view, "retention_in_days", (v) => Number(v) === 0 || Number(v) >= 365, {
      message: "Logs are kept for less than a year",
    }),
  fix: { risk: "in-place", edit: () => [set("retention_in_days", 365)] },
  bad: [group(), group("retention_in_days = 30")],
  good: [group("retention_in_days = 365"), group("retention_in_days = 0")],
});

export const logKey = ownKey({
  id: "aws-log-group-customer-key",
  aliases: alias("CKV_AWS_158", "AWS-0017"),
  title: "Log group does not use a key of your own",
  on: LOG_GROUP,
  why: "Logs are encrypted with a key that CloudWatch owns. With a key of your own, who may read logs cannot yet decrypt them.",
  remedy: "Name a key in kms_key_id.",
  path: "kms_key_id",
  bad: group(),
  good: group('kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"'),
});

const DETECTOR = "aws_guardduty_detector";

export const detector = switchedTo({
  id: "aws-guardduty-enabled",
  aliases: alias("CKV_AWS_238"),
  title: "GuardDuty detector is switched off",
  severity: "high",
  on: DETECTOR,
  why: "Stolen keys, crypto miners and odd traffic go unseen. A detector that is off looks like protection in every inventory.",
  remedy: "Set enable = true.",
  references: ["https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_settingup.html"],
  compliance: controls({ nist: ["SI-4"], pci: ["11.5.1"], soc2: ["CC7.2"] }),
  path: "enable",
  absent: "pass",
  risk: "in-place",
  message: "Nothing is detected",
  bad: example(DETECTOR, "enable = false"),
  good: [example(DETECTOR), example(DETECTOR, "enable = true")],
});

const ORGANISATION = "aws_guardduty_organization_configuration";

export const detectorOfOrganisation = rule({
  id: "aws-guardduty-organisation",
  aliases: alias("CKV2_AWS_3"),
  title: "GuardDuty does not take in new accounts",
  severity: "low",
  category: "security",
  profile: "strict",
  on: DETECTOR,
  why: "An account that joins the organisation later is watched by nobody. With the organisation's configuration it is watched from its first day.",
  remedy: `Add an ${ORGANISATION} with auto_enable_organization_members = "ALL".`,
  references: ["https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html"],
  check(view): Verdict {
    const enabled = requireTrue(view, "enable", { absent: "pass", message: "Nothing is detected" });
    const organisation = someJoined(
      view,
      ORGANISATION,
      "detector_id",
      (one) =>
        anyOf([
          requireTrue(one, "auto_enable", { message: "New accounts are left out" }),
          requireOneOf(one, "auto_enable_organization_members", ["ALL", "NEW"], {
            message: "New accounts are left out",
          }),
        ]),
      "No configuration of the organisation",
    );
    return allOf([enabled, organisation]);
  },
  bad: example(DETECTOR, "enable = true"),
  good: `${example(DETECTOR, "enable = true")}
resource "${ORGANISATION}" "x" {
  detector_id                      = aws_guardduty_detector.x.id
  auto_enable_organization_members = "ALL"
}
`,
});

const RECORDER = "aws_config_configuration_recorder";
const STATUS = "aws_config_configuration_recorder_status";
const recorder = (...lines: readonly string[]): string =>
  example(RECORDER, 'name     = "r"', 'role_arn = "arn:aws:iam::123456789012:role/config"', ...lines);
const running = (enabled: boolean): string => `
resource "${STATUS}" "x" {
  name       = aws_config_configuration_recorder.x.name
  is_enabled = ${enabled}
}
`;
const EVERYTHING = block(
  "recording_group",
  "all_supported                 = true",
  "include_global_resource_types = true",
);

const everything = (recorder: View): Verdict =>
  requireTrue(recorder, "recording_group.all_supported", {
    absent: "pass",
    message: "Some kinds of resources are not recorded",
  });

export const recordsEverything = rule({
  id: "aws-config-records-everything",
  aliases: alias("CKV2_AWS_45"),
  title: "AWS Config does not record everything",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: [RECORDER, STATUS],
  why: "What is not recorded has no history: nobody can say who opened it, or when. A recorder that was never started records nothing at all.",
  remedy: `Set recording_group.all_supported = true, and is_enabled = true in ${STATUS}.`,
  references: ["https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html"],
  compliance: controls({ cisAws: ["3.3"], nist: ["CM-8"], soc2: ["CC7.1"] }),
  // Judged where the recorder is started, and at the recorder where nothing starts it.
  check(view): Verdict {
    if (view.type === STATUS) {
      const started = requireTrue(view, "is_enabled", { message: "The recorder is not started" });
      return allOf([started, ...view.joined(RECORDER, "name").map((one) => asSeenFrom(one, everything(one)))]);
    }
    const all = everything(view);
    if (isFromTemplate(view) || all.status === "fail")
      return view.joined(STATUS, "name").length > 0 ? notApplicable : all;
    if (view.joined(STATUS, "name").length > 0) return notApplicable;
    return view.mayJoin(STATUS, "name") ? undecided() : fail(undefined, "The recorder is not started");
  },
  fix: {
    risk: "in-place",
    edit(view) {
      if (view.type === RECORDER)
        return everything(view).status === "fail"
          ? setAt(view, "recording_group.all_supported", true)
          : `The recorder is not started: set is_enabled = true in an ${STATUS}.`;
      const partial = view.joined(RECORDER, "name").filter((one) => everything(one).status === "fail");
      return [
        ...(view.is("is_enabled") === true ? [] : [set("is_enabled", true)]),
        ...partial.map((one) => set("recording_group.0.all_supported", true, one)),
      ];
    },
  },
  bad: [recorder(EVERYTHING), recorder(block("recording_group", "all_supported = false")) + running(true)],
  good: recorder(EVERYTHING) + running(true),
});

const AGGREGATOR = "aws_config_configuration_aggregator";
const SOURCES = ["account_aggregation_source", "organization_aggregation_source"] as const;

export const everyRegion = rule({
  id: "aws-config-every-region",
  aliases: alias("CKV_AWS_121", "AWS-0019"),
  title: "AWS Config does not gather every region",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: AGGREGATOR,
  why: "Resources in regions that nobody uses are where intruders work. An aggregator for some regions does not show them.",
  remedy: "Set all_regions = true in the aggregation source.",
  references: ["https://docs.aws.amazon.com/config/latest/developerguide/aggregate-data.html"],
  check: (view) => {
    const verdicts = SOURCES.flatMap((path) =>
      view
        .blocks(path)
        .items.map((source) => requireTrue(source, "all_regions", { message: "Some regions are left out" })),
    );
    return verdicts.length > 0 ? allOf(verdicts) : fail(undefined, "Nothing is gathered");
  },
  fix: {
    risk: "in-place",
    edit(view) {
      const sources = SOURCES.flatMap((path) => view.blocks(path).items);
      return sources.length > 0
        ? sources.map((source) => set(`${source.path}.all_regions`, true))
        : "Nothing is gathered: name an account or the organisation first.";
    },
  },
  bad: example(
    AGGREGATOR,
    'name = "a"',
    block("account_aggregation_source", 'account_ids = ["123456789012"]', 'regions     = ["eu-west-1"]'),
  ),
  good: example(
    AGGREGATOR,
    'name = "a"',
    block("account_aggregation_source", 'account_ids = ["123456789012"]', "all_regions = true"),
  ),
});

const ALARM = "aws_cloudwatch_metric_alarm";
const alarm = (...lines: readonly string[]): string =>
  example(
    ALARM,
    'alarm_name          = "a"',
    'comparison_operator = "GreaterThanThreshold"',
    "evaluation_periods  = 1",
    ...lines,
  );

export const alarmActions = switchedTo({
  id: "aws-cloudwatch-alarm-actions",
  aliases: alias("CKV_AWS_319"),
  title: "Alarm tells nobody",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: ALARM,
  why: "The alarm changes its colour, and nothing else happens. Alarms that were silenced for an evening stay so for years.",
  remedy: "Leave actions_enabled at its default, true.",
  references: ["https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"],
  path: "actions_enabled",
  absent: "pass",
  risk: "in-place",
  message: "Its actions are switched off",
  bad: alarm("actions_enabled     = false"),
  good: [alarm(), alarm("actions_enabled     = true")],
});

const globals = (recorder: View): Verdict =>
  requireTrue(recorder, "recording_group.include_global_resource_types", {
    message: "Global resources are not recorded",
  });

export const recordsGlobals = rule({
  id: "aws-config-records-global-resources",
  aliases: alias("CKV2_AWS_48"),
  title: "AWS Config does not record global resources",
  severity: "low",
  category: "security",
  profile: "strict",
  on: [RECORDER, STATUS],
  why: "Users, roles and policies belong to no region, and have no history where no recorder takes them in. They are what intruders change first.",
  remedy: "Set recording_group.include_global_resource_types = true in one region.",
  references: ["https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html"],
  compliance: controls({ cisAws: ["3.3"], nist: ["CM-8"], soc2: ["CC7.1"] }),
  // Judged where the recorder is started, as whether it records everything is.
  check(view): Verdict {
    if (view.type === RECORDER) return view.joined(STATUS, "name").length > 0 ? notApplicable : globals(view);
    const started = requireTrue(view, "is_enabled", { message: "The recorder is not started" });
    return allOf([started, ...view.joined(RECORDER, "name").map((one) => asSeenFrom(one, globals(one)))]);
  },
  fix: {
    risk: "in-place",
    edit(view) {
      if (view.type === RECORDER) return setAt(view, "recording_group.include_global_resource_types", true);
      const [recorder] = view.joined(RECORDER, "name");
      return recorder
        ? [
            ...(view.is("is_enabled") === true ? [] : [set("is_enabled", true)]),
            set("recording_group.0.include_global_resource_types", true, recorder),
          ]
        : "The recorder is declared elsewhere: change it there.";
    },
  },
  bad: [
    recorder(block("recording_group", "all_supported = true")),
    recorder(block("recording_group", "all_supported = true")) + running(true),
  ],
  good: recorder(EVERYTHING) + running(true),
});
