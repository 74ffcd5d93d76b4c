/** Bedrock: agents. */
import { requireSet } from "../checks.ts";
import { rule } from "../rule.ts";
import { alias, block, example } from "./shapes.ts";

const AGENT = "aws_bedrockagent_agent";
const agent = (...lines: readonly string[]): string =>
  example(
    AGENT,
    'agent_name              = "a"',
    'agent_resource_role_arn = "arn:aws:iam::123456789012:role/a"',
    'foundation_model        = "m"',
    ...lines,
  );

export const guardrail = rule({
  id: "aws-bedrock-agent-guardrail",
  aliases: alias("CKV_AWS_383"),
  title: "Bedrock agent has no guardrail",
  severity: "low",
  category: "security",
  profile: "strict",
  on: AGENT,
  why: "Nothing looks at what people ask of the agent and what it answers. A guardrail keeps harmful content, secrets and injected instructions out.",
  remedy: "Add guardrail_configuration with an identifier and a version.",
  references: ["https://docs.aws.amazon.com/bedrock/latest/userguide/agents-guardrail.html"],
  check: (view) =>
    requireSet(view, "guardrail_configuration.guardrail_identifier", { message: "Nothing guards what it says" }),
  bad: agent(),
  good: agent(block("guardrail_configuration", 'guardrail_identifier = "g"', 'guardrail_version    = "1"')),
});
