/** What may stand in `.github/draco.yml`, in one place: types, defaults, checks and the JSON schema all come from here. */
import { z } from "zod";
import { SEVERITIES } from "../model/finding.ts";
import type { AttributeTest, Condition } from "../rules/conditions.ts";
import { cronProblem, isTimezone } from "./cron.ts";

const severity = z.enum(SEVERITIES);
const glob = z.string().min(1).max(200).describe("A glob over paths from the repository's root.");
const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "must be kebab-case, such as no-public-buckets");
const isoDate = z.iso.date("must be a date such as 2027-01-31");
const login = z.string().regex(/^@?[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}$/, "must be a GitHub login");
const team = z.string().regex(/^@?[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/, "must be a team such as acme/platform");

const literal = z.union([z.string(), z.number(), z.boolean()]);
const path = z
  .string()
  .min(1)
  .max(200)
  .describe("Dotted path of an attribute: tags.owner, versioning.0.enabled; ingress.*.port asks of each.");
const isRegex = (source: string): boolean => {
  try {
    return new RegExp(source, "u") instanceof RegExp;
  } catch {
    return false;
  }
};

const pattern = z.string().max(200).refine(isRegex, "must be a regular expression").optional();

/** Every question about an attribute that `conditions.ts` can answer; one that is missing here does not compile. */
const TESTS: { readonly [Test in AttributeTest["test"]]: z.ZodType } = {
  exists: z.boolean().optional().describe("Whether the attribute is set at all."),
  equals: literal.optional(),
  notEquals: literal.optional(),
  oneOf: z.array(literal).min(1).optional(),
  noneOf: z.array(literal).min(1).optional(),
  contains: literal.optional().describe("A list has this element, a mapping this key, or a text this part."),
  notContains: literal.optional(),
  startsWith: z.string().optional(),
  endsWith: z.string().optional(),
  matches: pattern,
  notMatches: pattern,
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
  moreThan: z.number().optional(),
  lessThan: z.number().optional(),
  length: z.int().min(0).optional().describe("How many elements, members or characters there are."),
};
const JOINS = ["all", "any", "not", "connected"];
const OPERATORS = [...JOINS, ...Object.keys(TESTS)];

const connection = z.lazy(() =>
  z
    .strictObject({
      types: z
        .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
        .transform((given) => [given].flat())
        .describe("Terraform types of the other resource."),
      through: path.optional().describe("Attribute that holds the link, on whichever side."),
      that: conditions.optional().describe("What must be true of the other resource."),
    })
    .describe("Whether a resource of these types is joined to this one."),
);

/** Written as one mapping with exactly one question in it, so that a mistake is told as that and not as nine. */
const condition: z.ZodType<Condition> = z.lazy(() =>
  z
    .strictObject({
      path: path.optional(),
      ...TESTS,
      all: z.array(condition).min(1).optional(),
      any: z.array(condition).min(1).optional(),
      not: condition.optional(),
      connected: connection.optional(),
    })
    .transform((given, context): Condition => {
      const asked = Object.entries(given).filter(([key, value]) => key !== "path" && value !== undefined);
      const [first] = asked;
      const refuse = (message: string): never => {
        context.addIssue({ code: "custom", message });
        return z.NEVER;
      };
      if (!first || asked.length > 1) return refuse(`a condition asks exactly one of: ${OPERATORS.join(", ")}`);
      const [test, value] = first;
      const joins = JOINS.includes(test);
      if (joins && given.path !== undefined) return refuse(`"${test}" has no path of its own`);
      if (!joins && given.path === undefined) return refuse(`"${test}" needs the path of an attribute`);
      if (given.connected) {
        const { types, through, that } = given.connected;
        return { test: "connected", types, through, ...(that && { that: { test: "all", of: that } }) };
      }
      return (joins ? { test, of: value } : { test, path: given.path, value }) as Condition;
    }),
);
/** One condition or several; looked at by its shape first, so that mistakes inside are told where they are. */
export const conditions = z
  .preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(condition).min(1))
  .meta({ description: "A condition, or a list of conditions that must all be true." });

const rule = z.strictObject({
  id: id.describe("Shown with every finding; never changes."),
  title: z.string().min(1).max(120),
  severity,
  category: z.enum(["security", "cost", "reliability"]).default("security"),
  on: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .transform((given) => [given].flat())
    .describe("Terraform types that the rule looks at: aws_s3_bucket."),
  why: z.string().max(500).default(""),
  remedy: z.string().max(500).default(""),
  when: conditions.optional().describe("The rule looks only at resources for which this is true."),
  assert: conditions.describe("What must be true; otherwise it is a finding."),
});

const waiver = z.strictObject({
  rule: z.string().min(1),
  path: glob.optional(),
  address: z.string().min(1).optional(),
  reason: z.string().min(3).max(300),
  owner: z.string().optional(),
  until: isoDate.optional().describe("Last day on which it holds."),
});

const author = z.enum(["fixer-first", "gemini-first", "gemini-only", "fixer-only", "none"]);
const fixPolicy = z.enum(["propose", "explain"]);

const who = z.strictObject({
  users: z.array(login).default([]),
  teams: z.array(team).default([]),
  permission: z
    .enum(["write", "maintain", "admin", "none"])
    .default("write")
    .describe("Whoever has this permission on the repository may approve; none: only those named."),
});

const schedule = z.strictObject({
  name: id.default("scan"),
  cron: z.string().superRefine((line, context) => {
    const problem = cronProblem(line);
    if (problem) context.addIssue({ code: "custom", message: problem });
  }),
  timezone: z.string().refine(isTimezone, "must be a time zone such as Europe/Zurich").default("UTC"),
});

const alert = z.strictObject({
  severity: severity.default("high").describe("From this severity up."),
  channels: z.array(z.enum(["sms", "email"])).min(1),
  to: z
    .array(z.union([z.email(), login]))
    .default([])
    .describe("E-mail addresses, or GitHub logins whose phones are enrolled. SMS without any goes to all approvers."),
});

export const policySchema = z.strictObject({
  version: z.literal(1),
  scan: z
    .strictObject({
      profile: z.enum(["default", "strict"]).default("default"),
      severity: severity.default("low").describe("Findings below this are not reported."),
      failOn: z
        .enum([...SEVERITIES, "none"])
        .default("high")
        .describe("The check run fails from this severity up."),
      paths: z.array(glob).default([]).describe("Only these; all where none are named."),
      ignore: z.array(glob).default([]),
      disable: z.array(z.string().min(1)).default([]).describe("Ids or aliases of rules that are not run."),
    })
    .prefault({}),
  rules: z.array(rule).max(200).default([]),
  waivers: z.array(waiver).max(1000).default([]),
  remediation: z
    .strictObject({
      author: author.default("fixer-first").describe("Who writes fixes: built-in fixers, the model, or nobody."),
      severity: severity.default("medium").describe("Findings below this get no pull request."),
      maxOpen: z.int().min(0).max(100).default(10).describe("Open pull requests of Draco at a time."),
      maxPerHour: z.int().min(0).max(100).default(10),
      fixes: z
        .strictObject({
          "in-place": fixPolicy.default("propose"),
          disruptive: fixPolicy.default("propose"),
          replaces: fixPolicy.default("explain"),
        })
        .prefault({})
        .describe("By risk: open a pull request, or only explain."),
      draft: z.boolean().default(false),
    })
    .prefault({}),
  approve: z
    .strictObject({
      who: who.prefault({}),
      quorum: z.int().min(1).max(10).default(1).describe("How many distinct people must approve."),
      authorMayApprove: z.boolean().default(false).describe("Whether who contributed to a change may approve it."),
      sms: z.boolean().default(false).describe("Whether enrolled approvers may approve by SMS."),
      validFor: z.int().min(5).max(10_080).default(1440).describe("Minutes until what was shown expires."),
    })
    .prefault({}),
  apply: z
    .strictObject({
      engine: z.enum(["terraform", "none"]).default("none").describe("none: merging is the end."),
      roots: z.array(glob).default([]).describe("Root modules that may be applied; none are where none are named."),
    })
    .prefault({}),
  schedule: z.array(schedule).max(20).default([]),
  alerts: z.array(alert).max(50).default([]),
});

export type Policy = z.output<typeof policySchema>;
export type CustomRule = Policy["rules"][number];
