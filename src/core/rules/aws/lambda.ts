/** Lambda functions: what they hold, where they run, and what becomes of failed events. */

import { isObject, isUnknown } from "../../model/value.ts";
import { requireContains, requireSet, requireThat } from "../checks.ts";
import { controls } from "../compliance.ts";
import { isPast, lambdaRuntimeRetired } from "../evaluators/dates.ts";
import { findSecrets } from "../evaluators/secrets.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import { alias, block, example, ownKey, switchedTo } from "./shapes.ts";

const FUNCTION = "aws_lambda_function";
const DOCS = "https://docs.aws.amazon.com/lambda/latest/dg/";
const ROLE = 'role          = "arn:aws:iam::123456789012:role/f"';

const func = (...lines: readonly string[]): string =>
  example(FUNCTION, 'function_name = "f"', ROLE, 'runtime       = "python3.13"', ...lines);

export const secrets = rule({
  id: "aws-lambda-environment-secrets",
  aliases: alias("CKV_AWS_45"),
  title: "Lambda environment holds a secret",
  severity: "critical",
  category: "security",
  on: FUNCTION,
  why: "Everybody who may look at the function reads its environment, and its logs often print it. The secret is also in the repository and in the state.",
  remedy: "Revoke the secret, and let the function fetch its successor from Secrets Manager or Parameter Store.",
  references: [`${DOCS}configuration-envvars.html`],
  compliance: controls({ nist: ["IA-5(7)"], pci: ["8.6.2"], soc2: ["CC6.1"] }),
  check(view) {
    const path = "environment.variables";
    const found = view.get(path);
    if (found.kind === "absent") return notApplicable;
    if (found.kind === "unknown") return undecided(found.path);
    if (!isObject(found.value)) return notApplicable;
    return allOf(
      Object.entries(found.value).map(([key, value]): Verdict => {
        const text = isUnknown(value)
          ? (value.outline ?? value.prefix)
          : typeof value === "object"
            ? ""
            : String(value);
        const [secret] = findSecrets(text, { key });
        if (secret) return fail(`${found.path}.${key}`, `${key} holds a secret (${secret.kind})`);
        // A value from another resource or a variable is not written here, whatever it is.
        return pass(found.path);
      }),
    );
  },
  bad: func(block("environment", 'variables = {\n  AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"\n}')),
  good: func(block("environment", 'variables = {\n  STAGE = "production"\n}')),
});

export const tracing = switchedTo({
  id: "aws-lambda-tracing",
  aliases: alias("CKV_AWS_50", "AWS-0066"),
  title: "Lambda function is not traced",
  severity: "low",
  on: FUNCTION,
  why: "Nobody sees where a slow or failed request spent its time. Traces also show which services a function talks to that it should not.",
  remedy: 'Set tracing_config.mode = "Active".',
  references: [`${DOCS}services-xray.html`],
  path: "tracing_config.mode",
  to: "Active",
  or: ["PassThrough"],
  risk: "in-place",
  message: "Requests are not traced",
  bad: func(),
  good: func(block("tracing_config", 'mode = "Active"')),
});

export const runtime = rule({
  id: "aws-lambda-runtime",
  aliases: alias("CKV_AWS_363"),
  title: "Lambda runtime is no longer supported",
  severity: "medium",
  category: "security",
  on: FUNCTION,
  why: "A deprecated runtime gets no security updates. Soon after, functions can no longer be changed, and then no longer be made.",
  remedy: "Move to a supported runtime, and test the function there.",
  references: [`${DOCS}lambda-runtimes.html`],
  compliance: controls({ nist: ["SI-2"], pci: ["6.3.3"], soc2: ["CC7.1"] }),
  check(view) {
    const found = view.get("runtime");
    if (found.kind === "absent") return notApplicable;
    if (found.kind === "unknown") return undecided("runtime");
    const retired = lambdaRuntimeRetired(String(found.value));
    if (retired === undefined) return undecided("runtime", `${found.value} is not in the table of runtimes`);
    return verdictOf(!isPast(retired), "runtime", `${found.value} is deprecated since ${retired}`);
  },
  bad: func().replace("python3.13", "python2.7"),
  good: [func(), example(FUNCTION, 'function_name = "f"', ROLE, 'package_type  = "Image"')],
});

export const deadLetters = rule({
  id: "aws-lambda-dead-letter-queue",
  aliases: alias("CKV_AWS_116"),
  title: "Lambda function drops events that it cannot process",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: FUNCTION,
  why: "After three tries an asynchronous event is gone for good. A queue keeps it until somebody has looked.",
  remedy: "Set dead_letter_config.target_arn to a queue or topic, or an on_failure destination.",
  references: [`${DOCS}invocation-async-retain-records.html`],
  check: (view) => requireSet(view, "dead_letter_config.target_arn", { message: "Failed events are dropped" }),
  bad: func(),
  good: func(block("dead_letter_config", 'target_arn = "arn:aws:sqs:eu-west-1:123456789012:dead"')),
});

export const inVpc = rule({
  id: "aws-lambda-in-vpc",
  aliases: alias("CKV_AWS_117"),
  title: "Lambda function runs outside your network",
  severity: "low",
  category: "security",
  profile: "strict",
  on: FUNCTION,
  why: "The function reaches the whole internet, and no security group or flow log sees it. Inside a VPC both apply.",
  remedy: "Add vpc_config with subnets and security groups.",
  references: [`${DOCS}configuration-vpc.html`],
  check: (view) =>
    allOf(
      ["subnet_ids", "security_group_ids"].map((name) =>
        requireSet(view, `vpc_config.${name}`, { message: "The function is not in a VPC" }),
      ),
    ),
  bad: func(),
  good: func(block("vpc_config", 'subnet_ids         = ["subnet-1"]', 'security_group_ids = ["sg-1"]')),
});

export const concurrency = rule({
  id: "aws-lambda-concurrency",
  aliases: alias("CKV_AWS_115"),
  title: "Lambda function may use up the account's concurrency",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: FUNCTION,
  why: "One function under load, or under attack, takes all executions the account may have. Every other function then fails, and the bill has no bound.",
  remedy: "Set reserved_concurrent_executions to what the function needs.",
  references: [`${DOCS}configuration-concurrency.html`],
  check: (view) =>
    requireThat(view, "reserved_concurrent_executions", (v) => Number(v) >= 0, {
      message: "Nothing bounds how often it runs at once",
    }),
  bad: [func(), func("reserved_concurrent_executions = -1")],
  good: func("reserved_concurrent_executions = 50"),
});

export const codeSigning = rule({
  id: "aws-lambda-code-signing",
  aliases: alias("CKV_AWS_272"),
  title: "Lambda function runs code that nobody signed",
  severity: "low",
  category: "security",
  profile: "strict",
  on: FUNCTION,
  why: "Whoever may update the function can run any code with its role. With code signing only packages from your pipeline are accepted.",
  remedy: "Name an aws_lambda_code_signing_config in code_signing_config_arn.",
  references: [`${DOCS}configuration-codesigning.html`],
  check(view) {
    if (view.text("package_type") === "Image") return notApplicable;
    return requireSet(view, "code_signing_config_arn", { message: "Any package is accepted" });
  },
  bad: func(),
  good: func('code_signing_config_arn = "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-1"'),
});

export const environmentKey = ownKey({
  id: "aws-lambda-environment-customer-key",
  aliases: alias("CKV_AWS_173"),
  title: "Lambda environment is not encrypted with a key of your own",
  on: FUNCTION,
  why: "Environment variables are encrypted with a key that AWS manages. With a key of your own, who may look at a function cannot yet read its variables.",
  remedy: "Name a key in kms_key_arn.",
  path: "kms_key_arn",
  unless: (view) => {
    const variables = view.get("environment.variables");
    if (variables.kind === "absent") return notApplicable;
    return isObject(variables.value) && Object.keys(variables.value).length === 0 ? notApplicable : undefined;
  },
  bad: func(block("environment", 'variables = {\n  STAGE = "production"\n}')),
  good: func(
    'kms_key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/1"',
    block("environment", 'variables = {\n  STAGE = "production"\n}'),
  ),
});

const URL = "aws_lambda_function_url";

export const openCors = rule({
  id: "aws-lambda-url-open-cors",
  aliases: alias("CKV2_AWS_75"),
  title: "Lambda URL lets every website call it in every way",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: FUNCTION,
  why: "Any page that somebody visits may call the function from their browser, and read the answer. With every method allowed that is more than reading.",
  remedy: "Name the origins and methods in the URL's cors block.",
  references: [`${DOCS}urls-configuration.html#urls-cors`],
  check(view) {
    const urls = view.joined(URL, "function_name");
    if (urls.length === 0) return notApplicable;
    return allOf(
      urls.map((url): Verdict => {
        const parts = ["allow_origins", "allow_methods"].map((name) =>
          requireContains(url, `cors.${name}`, ["*"], { absent: "fail" }),
        );
        if (parts.some((part) => part.status === "fail")) return pass();
        return parts.some((part) => part.status === "unknown")
          ? undecided()
          : fail(undefined, `${url.address} allows every origin every method`);
      }),
    );
  },
  bad: `${func()}
resource "${URL}" "x" {
  function_name      = aws_lambda_function.x.function_name
  authorization_type = "AWS_IAM"
  cors {
    allow_origins = ["*"]
    allow_methods = ["*"]
  }
}
`,
  good: `${func()}
resource "${URL}" "x" {
  function_name      = aws_lambda_function.x.function_name
  authorization_type = "AWS_IAM"
  cors {
    allow_origins = ["https://example.com"]
    allow_methods = ["*"]
  }
}
`,
});
