/** What PostgreSQL on RDS writes down of queries. */
import { type Rule, rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { alias, block, example } from "./shapes.ts";

const PARAMETERS = ["log_statement", "log_min_duration_statement"] as const;

/** Which of the parameters a group does not set; undefined where some parameter's name is not known. */
function missingFrom(group: View): readonly string[] | undefined {
  const { items, complete } = group.blocks("parameter");
  const missing = PARAMETERS.filter((name) => !items.some((item) => item.text("name") === name));
  const open = !complete || items.some((item) => item.get("name").kind === "unknown");
  return missing.length > 0 && open ? undefined : missing;
}

interface Database {
  readonly id: string;
  readonly checkov: string;
  readonly thing: string;
  readonly type: string;
  readonly group: string;
  /** Where the database names its parameter group. */
  readonly link: string;
  readonly engine: string;
}

const logsQueries = ({ id, checkov, thing, type, group, link, engine }: Database): Rule => {
  const parameters = (...names: readonly string[]): string =>
    example(
      group,
      'name   = "p"',
      'family = "postgres16"',
      ...names.map((name) => block("parameter", `name  = "${name}"`, 'value = "1"')),
    );
  const database = (...lines: readonly string[]): string => example(type, `engine = "${engine}"`, ...lines);
  return rule({
    id,
    aliases: alias(checkov),
    title: `${thing} does not log queries`,
    severity: "low",
    category: "security",
    profile: "strict",
    on: type,
    why: "Which statements ran, and which took long, is recorded nowhere. After an incident nobody can say what was read or changed.",
    remedy: `Set ${PARAMETERS.join(" and ")} in the parameter group.`,
    references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html"],
    check(view): Verdict {
      if (view.get("engine").kind === "unknown") return undecided("engine");
      if (!view.text("engine")?.includes("postgres")) return notApplicable;
      const named = view.get(link);
      if (named.kind === "absent") return fail(link, "No parameter group asks for logs of queries");
      const groups = view.joined(group, link);
      if (groups.length === 0) return undecided(link);
      const missing = groups.map(missingFrom);
      if (missing.includes(undefined)) return undecided(link);
      const [first] = missing.flatMap((names) => names ?? []);
      return first === undefined ? pass(link) : fail(link, `The parameter group does not set ${first}`);
    },
    bad: [database(), `${database(`${link} = ${group}.x.name`)}\n${parameters("log_statement")}`],
    good: `${database(`${link} = ${group}.x.name`)}\n${parameters(...PARAMETERS)}`,
  });
};

export const instanceQueries = logsQueries({
  id: "aws-rds-instance-query-logs",
  checkov: "CKV2_AWS_30",
  thing: "PostgreSQL instance",
  type: "aws_db_instance",
  group: "aws_db_parameter_group",
  link: "parameter_group_name",
  engine: "postgres",
});

export const clusterQueries = logsQueries({
  id: "aws-rds-cluster-query-logs",
  checkov: "CKV2_AWS_27",
  thing: "PostgreSQL cluster",
  type: "aws_rds_cluster",
  group: "aws_rds_cluster_parameter_group",
  link: "db_cluster_parameter_group_name",
  engine: "aurora-postgresql",
});
