/** Step Functions and managed Airflow: what is recorded of runs. */
import { forbidOneOf } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, switchedTo } from "./shapes.ts";

const MACHINE = "aws_sfn_state_machine";
const AIRFLOW = "aws_mwaa_environment";
const SFN_DOCS = "https://docs.aws.amazon.com/step-functions/latest/dg/";
const MWAA_DOCS = "https://docs.aws.amazon.com/mwaa/latest/userguide/";

const machine = (...lines: readonly string[]): string =>
  example(
    MACHINE,
    'name       = "m"',
    'role_arn   = "arn:aws:iam::123456789012:role/m"',
    'definition = "{}"',
    ...lines,
  );
const DESTINATION = 'log_destination        = "arn:aws:logs:eu-west-1:123456789012:log-group:m:*"';

export const executionHistory = switchedTo({
  id: "aws-step-functions-execution-history",
  aliases: alias("CKV_AWS_285"),
  title: "State machine logs nothing of what it works on",
  severity: "low",
  profile: "strict",
  on: MACHINE,
  why: "A failed run leaves its state's name and no more. Input and output of each step show what went wrong, so keep the log group closed.",
  remedy: "Set logging_configuration.include_execution_data = true.",
  references: [`${SFN_DOCS}cw-logs.html`],
  path: "logging_configuration.include_execution_data",
  risk: "in-place",
  message: "What it works on is not logged",
  bad: [machine(), machine(block("logging_configuration", DESTINATION, "include_execution_data = false"))],
  good: machine(
    block("logging_configuration", DESTINATION, "include_execution_data = true", 'level                  = "ERROR"'),
  ),
});

export const machineTracing = switchedTo({
  id: "aws-step-functions-tracing",
  aliases: alias("CKV_AWS_284"),
  title: "State machine is not traced",
  severity: "low",
  profile: "strict",
  on: MACHINE,
  why: "Nobody sees where a slow or failed run spent its time. Traces also show which services it talks to that it should not.",
  remedy: "Set tracing_configuration.enabled = true.",
  references: [`${SFN_DOCS}concepts-xray-tracing.html`],
  path: "tracing_configuration.enabled",
  risk: "in-place",
  message: "Runs are not traced",
  bad: machine(),
  good: machine(block("tracing_configuration", "enabled = true")),
});

const airflow = (...lines: readonly string[]): string =>
  example(
    AIRFLOW,
    'name               = "a"',
    'dag_s3_path        = "dags/"',
    'execution_role_arn = "arn:aws:iam::123456789012:role/a"',
    'source_bucket_arn  = "arn:aws:s3:::b"',
    ...lines,
  );
const logging = (kind: string, enabled: boolean): string =>
  block("logging_configuration", block(kind, `enabled   = ${enabled}`, 'log_level = "INFO"'));

const airflowLogs = (id: string, checkov: string, part: string, kind: string, why: string) =>
  switchedTo({
    id,
    aliases: alias(checkov),
    title: `Airflow's ${part} writes no logs`,
    severity: "low",
    profile: "strict",
    on: AIRFLOW,
    why,
    remedy: `Set logging_configuration.${kind}.enabled = true.`,
    references: [`${MWAA_DOCS}monitoring-airflow.html`],
    path: `logging_configuration.${kind}.enabled`,
    risk: "in-place",
    message: "Nothing is logged",
    bad: [airflow(), airflow(logging(kind, false))],
    good: airflow(logging(kind, true)),
  });

export const schedulerLogs = airflowLogs(
  "aws-mwaa-scheduler-logs",
  "CKV_AWS_242",
  "scheduler",
  "scheduler_logs",
  "Runs that never started leave no trace. The scheduler's log says why.",
);
export const workerLogs = airflowLogs(
  "aws-mwaa-worker-logs",
  "CKV_AWS_243",
  "worker",
  "worker_logs",
  "A task that failed, or did what it should not, leaves no trace. The worker's log says what it did.",
);
export const webserverLogs = airflowLogs(
  "aws-mwaa-webserver-logs",
  "CKV_AWS_244",
  "web server",
  "webserver_logs",
  "Who signed in and started what is recorded nowhere. After an incident there is nothing to look at.",
);

export const airflowPublic = rule({
  id: "aws-mwaa-public",
  aliases: alias("CKV2_AWS_66"),
  title: "Airflow's web server is open to the internet",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: AIRFLOW,
  why: "Anyone can try to sign in where workflows are started and connections are kept. Inside the VPC only your network reaches it.",
  remedy: 'Set webserver_access_mode = "PRIVATE_ONLY".',
  references: [`${MWAA_DOCS}configuring-networking.html`],
  check: (view) =>
    forbidOneOf(view, "webserver_access_mode", ["PUBLIC_ONLY"], { message: "The web server is open to the internet" }),
  fix: { risk: "disruptive", edit: () => [set("webserver_access_mode", "PRIVATE_ONLY")] },
  bad: airflow('webserver_access_mode = "PUBLIC_ONLY"'),
  good: [airflow(), airflow('webserver_access_mode = "PRIVATE_ONLY"')],
});
