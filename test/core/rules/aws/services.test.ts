/** Cases of AWS services where the letter of an attribute is not enough; docs/rules/differences.md tells of those in which we differ. */
import { describe, expect, it } from "@jest/globals";
import { methodAuthorization } from "../../../../src/core/rules/aws/api-gateway.ts";
import { originAccess } from "../../../../src/core/rules/aws/cloudfront-origins.ts";
import { privileged, readOnlyRoot } from "../../../../src/core/rules/aws/container-definitions.ts";
import { sharedRole } from "../../../../src/core/rules/aws/ecs.ts";
import { inTransit } from "../../../../src/core/rules/aws/emr.ts";
import { runtime, secrets } from "../../../../src/core/rules/aws/lambda.ts";
import { confusedDeputy } from "../../../../src/core/rules/aws/lambda-access.ts";
import { oldTls, plainHttp } from "../../../../src/core/rules/aws/load-balancer-listener.ts";
import { queuePublic, topicEncryption } from "../../../../src/core/rules/aws/messaging.ts";
import { natInstance } from "../../../../src/core/rules/aws/networking.ts";
import { recordsEverything } from "../../../../src/core/rules/aws/observability.ts";
import { nodeEncryption } from "../../../../src/core/rules/aws/opensearch.ts";
import { publiclyAccessible } from "../../../../src/core/rules/aws/redshift.ts";
import { secureTransport } from "../../../../src/core/rules/aws/s3-transport.ts";
import { rotatedInTime } from "../../../../src/core/rules/aws/secrets-manager.ts";
import { secretInCode, sessionLogs } from "../../../../src/core/rules/aws/systems-manager.ts";
import { log4j } from "../../../../src/core/rules/aws/waf.ts";
import { verdictOn } from "../../../support/views.ts";

const block = (type: string, body: string): string => `resource "${type}" "x" {\n${body}\n}\n`;

describe("containers", () => {
  const task = (containers: string): string =>
    `variable "on" { type = bool }\n${block("aws_ecs_task_definition", `family = "t"\ncontainer_definitions = ${containers}`)}`;

  it("every container is looked at, not the first alone", () => {
    const text = 'jsonencode([{ name = "a" }, { name = "b", privileged = true }])';
    expect(verdictOn(privileged, task(text))).toBe("fail");
  });

  it("JSON written by hand is read as jsonencode is", () => {
    expect(verdictOn(privileged, task('<<E\n[{"name": "a", "privileged": true}]\nE\n'))).toBe("fail");
    expect(verdictOn(privileged, task('<<E\n[{"name": "a"}]\nE\n'))).toBe("pass");
  });

  it("a member that is not known yet leaves the answer open", () => {
    expect(verdictOn(privileged, task('jsonencode([{ name = "a", privileged = var.on }])'))).toBe("unknown");
    expect(verdictOn(readOnlyRoot, task('file("missing.json")'))).toBe("unknown");
  });

  it("two roles that point at one resource are one role, known or not", () => {
    const roles = (run: string): string =>
      `${block("aws_iam_role", 'assume_role_policy = "{}"')}resource "aws_iam_role" "y" {\nassume_role_policy = "{}"\n}\n${block(
        "aws_ecs_task_definition",
        `family = "t"\ncontainer_definitions = "[]"\nexecution_role_arn = aws_iam_role.x.arn\ntask_role_arn = ${run}`,
      )}`;
    expect(verdictOn(sharedRole, roles("aws_iam_role.x.arn"))).toBe("fail");
    expect(verdictOn(sharedRole, roles("aws_iam_role.y.arn"))).toBe("pass");
  });
});

describe("load balancers", () => {
  const listener = (body: string): string => block("aws_lb_listener", `load_balancer_arn = "a"\n${body}`);

  it("TLS13-1-0 still accepts TLS 1.0", () => {
    const tls = (policy: string): string => listener(`port = 443\nprotocol = "HTTPS"\nssl_policy = "${policy}"`);
    expect(verdictOn(oldTls, tls("ELBSecurityPolicy-TLS13-1-0-2021-06"))).toBe("fail");
    expect(verdictOn(oldTls, tls("ELBSecurityPolicy-TLS13-1-3-2021-06"))).toBe("pass");
  });

  it("a redirect that stays on HTTP is no redirect to HTTPS", () => {
    const to = (redirect: string): string =>
      listener(`port = 80\nprotocol = "HTTP"\ndefault_action {\ntype = "redirect"\nredirect {\n${redirect}\n}\n}`);
    expect(verdictOn(plainHttp, to('status_code = "HTTP_301"\nhost = "other"'))).toBe("fail");
    expect(verdictOn(plainHttp, to('status_code = "HTTP_301"\nprotocol = "HTTPS"'))).toBe("pass");
  });

  it("listeners of gateway load balancers have no protocol", () => {
    const gateway = block("aws_lb", 'load_balancer_type = "gateway"');
    const bound = block("aws_lb_listener", "load_balancer_arn = aws_lb.x.arn");
    expect(verdictOn(plainHttp, gateway + bound)).toBe("not-applicable");
    expect(verdictOn(plainHttp, gateway.replace("gateway", "application") + bound)).toBe("fail");
  });
});

describe("policies and permissions", () => {
  const queue = (principal: string, condition = ""): string =>
    block(
      "aws_sqs_queue_policy",
      `queue_url = "q"\npolicy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = "${principal}" }, Action = "sqs:*", Resource = "*"${condition} }] })`,
    );

  it("a wildcard in place of the account is everybody's account", () => {
    expect(verdictOn(queuePublic, queue("arn:aws:iam::*:role/worker"))).toBe("fail");
    expect(verdictOn(queuePublic, queue("arn:aws:iam::123456789012:role/worker"))).toBe("pass");
  });

  it("a condition that is met where its key is missing does not narrow", () => {
    const org = (operator: string): string => `, Condition = { "${operator}" = { "aws:PrincipalOrgID" = "o-1" } }`;
    expect(verdictOn(queuePublic, queue("*", org("ForAllValues:StringEquals")))).toBe("fail");
    expect(verdictOn(queuePublic, queue("*", org("StringEquals")))).toBe("pass");
  });

  it("a service needs a source, an account does not", () => {
    const by = (principal: string): string => block("aws_lambda_permission", `principal = "${principal}"`);
    expect(verdictOn(confusedDeputy, by("s3.amazonaws.com"))).toBe("fail");
    expect(verdictOn(confusedDeputy, by("123456789012"))).toBe("not-applicable");
  });

  it("a method of a private API may go without authorization", () => {
    const api = (type: string): string =>
      block("aws_api_gateway_rest_api", `name = "a"\nendpoint_configuration {\ntypes = ["${type}"]\n}`) +
      block(
        "aws_api_gateway_method",
        'rest_api_id = aws_api_gateway_rest_api.x.id\nhttp_method = "GET"\nauthorization = "NONE"',
      );
    expect(verdictOn(methodAuthorization, api("PRIVATE"))).toBe("pass");
    expect(verdictOn(methodAuthorization, api("REGIONAL"))).toBe("fail");
  });
});

describe("what is not known yet", () => {
  it("a name that a variable gives is set, whatever it is; a switch is not decided", () => {
    const key = `variable "key" {}\n${block("aws_sns_topic", "kms_master_key_id = var.key")}`;
    expect(verdictOn(topicEncryption, key)).toBe("pass");
    const days = `variable "days" {}\n${block("aws_secretsmanager_secret_rotation", 'secret_id = "s"\nrotation_rules {\nautomatically_after_days = var.days\n}')}`;
    expect(verdictOn(rotatedInTime, days)).toBe("unknown");
    const nodes = `variable "n" {}\n${block("aws_opensearch_domain", 'domain_name = "d"\ncluster_config {\ninstance_count = var.n\n}')}`;
    expect(verdictOn(nodeEncryption, nodes)).toBe("unknown");
  });

  it("a runtime that nobody has heard of is not judged", () => {
    const on = (name: string): string => block("aws_lambda_function", `function_name = "f"\nruntime = "${name}"`);
    expect(verdictOn(runtime, on("cobol1.0"))).toBe("unknown");
    expect(verdictOn(runtime, on("go1.x"))).toBe("fail");
  });
});

describe("secrets", () => {
  it("keys in the environment of functions, but not what refers to them", () => {
    const holding = (value: string): string =>
      `variable "key" {}\n${block("aws_lambda_function", `function_name = "f"\nenvironment {\nvariables = {\nAWS_KEY = ${value}\n}\n}`)}`;
    expect(verdictOn(secrets, holding('"AKIAIOSFODNN7EXAMPLE"'))).toBe("fail");
    expect(verdictOn(secrets, holding("var.key"))).toBe("pass");
  });

  it("a parameter's name says that its value is a secret", () => {
    const named = (name: string): string =>
      block("aws_ssm_parameter", `name = "${name}"\ntype = "String"\nvalue = "akdfaksdfjkasdfjskafjdkfajsdfk345"`);
    expect(verdictOn(secretInCode, named("/app/secret"))).toBe("fail");
    expect(verdictOn(secretInCode, named("/app/foo"))).toBe("pass");
    expect(verdictOn(secretInCode, named("MYSECRET_TEST"))).toBe("pass");
  });
});

describe("documents inside of attributes", () => {
  it("session documents in YAML and in JSON on one line", () => {
    const session = (content: string): string =>
      block("aws_ssm_document", `name = "d"\ndocument_type = "Session"\ncontent = ${content}`);
    const yaml = (on: boolean): string => `<<E\ninputs:\n  s3BucketName: 'logs'\n  s3EncryptionEnabled: ${on}\nE\n`;
    expect(verdictOn(sessionLogs, session(yaml(true)))).toBe("pass");
    expect(verdictOn(sessionLogs, session(yaml(false)))).toBe("fail");
    expect(
      verdictOn(
        sessionLogs,
        session('jsonencode({ inputs = { cloudWatchLogGroupName = "g", cloudWatchEncryptionEnabled = true } })'),
      ),
    ).toBe("pass");
  });

  it("a security configuration whose key is not known yet is still read", () => {
    const configuration = `variable "k" {}\n${block("aws_emr_security_configuration", 'configuration = <<E\n{"EncryptionConfiguration": {"EnableInTransitEncryption": true, "Key": "${var.k}"}}\nE\n')}`;
    expect(verdictOn(inTransit, configuration)).toBe("pass");
  });
});

describe("what belongs together", () => {
  it("the recorder is judged where it is started", () => {
    const recorder = (started: boolean): string =>
      block("aws_config_configuration_recorder", 'name = "r"') +
      block(
        "aws_config_configuration_recorder_status",
        `name = aws_config_configuration_recorder.x.name\nis_enabled = ${started}`,
      );
    const status = "aws_config_configuration_recorder_status.x";
    expect(verdictOn(recordsEverything, recorder(true), status)).toBe("pass");
    expect(verdictOn(recordsEverything, recorder(false), status)).toBe("fail");
    expect(verdictOn(recordsEverything, recorder(false), "aws_config_configuration_recorder.x")).toBe("not-applicable");
  });

  it("a bucket's policy is found though the bucket is declared elsewhere", () => {
    const acl = block("aws_s3_bucket_acl", 'bucket = module.bucket.id\nacl = "public-read"');
    const policy = block(
      "aws_s3_bucket_policy",
      'bucket = module.bucket.id\npolicy = jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*", Condition = { Bool = { "aws:SecureTransport" = "false" } } }] })',
    );
    expect(verdictOn(secureTransport, `module "bucket" {\nsource = "example/bucket"\n}\n${acl}${policy}`)).toBe("pass");
  });

  it("provider 6 and later keep warehouses private by default", () => {
    const cluster = (version: string): string =>
      `terraform {\nrequired_providers {\naws = {\nsource = "hashicorp/aws"\nversion = "${version}"\n}\n}\n}\n${block("aws_redshift_cluster", 'cluster_identifier = "c"')}`;
    expect(verdictOn(publiclyAccessible, cluster("~> 6.0"))).toBe("pass");
    expect(verdictOn(publiclyAccessible, cluster("~> 5.0"))).toBe("fail");
  });

  it("only buckets' own end points need an access control, not their websites", () => {
    const from = (domain: string): string =>
      block("aws_cloudfront_distribution", `enabled = true\norigin {\norigin_id = "o"\ndomain_name = "${domain}"\n}`);
    expect(verdictOn(originAccess, from("b.s3.eu-west-1.amazonaws.com"))).toBe("fail");
    expect(verdictOn(originAccess, from("b.s3-website.eu-west-1.amazonaws.com"))).toBe("not-applicable");
  });

  it("a Log4j rule that is overridden one by one does not block", () => {
    const acl = (more: string): string =>
      block(
        "aws_wafv2_web_acl",
        `name = "w"\nscope = "REGIONAL"\nrule {\nname = "r"\npriority = 1\noverride_action {\nnone {}\n}\nstatement {\nmanaged_rule_group_statement {\nname = "AWSManagedRulesKnownBadInputsRuleSet"\nvendor_name = "AWS"\n${more}\n}\n}\n}`,
      );
    expect(verdictOn(log4j, acl(""))).toBe("pass");
    expect(verdictOn(log4j, acl('rule_action_override {\nname = "Log4JRCE"\naction_to_use {\ncount {}\n}\n}'))).toBe(
      "fail",
    );
  });

  it("all traffic through a machine, in either family", () => {
    const route = (to: string): string => block("aws_route", `route_table_id = "r"\ninstance_id = "i-1"\n${to}`);
    expect(verdictOn(natInstance, route('destination_cidr_block = "0.0.0.0/0"'))).toBe("fail");
    expect(verdictOn(natInstance, route('destination_ipv6_cidr_block = "::/0"'))).toBe("fail");
    expect(verdictOn(natInstance, route('destination_cidr_block = "10.1.0.0/16"'))).toBe("pass");
  });
});
