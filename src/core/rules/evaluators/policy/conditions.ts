/** Which conditions narrow who may use a statement, and which only look as if they did. */
import type { Truth } from "../../../model/value.ts";
import { isEverywhere } from "../network/addresses.ts";
import { HOLE } from "../texts.ts";
import type { Condition, Statement } from "./document.ts";
import { isOpen } from "./wildcards.ts";

/** Keys whose value the caller cannot choose freely, so that testing them says who is calling or from where. */
const NARROWING = new Set([
  "aws:sourcearn",
  "aws:sourceaccount",
  "aws:sourceowner",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:sourceip",
  "aws:vpcsourceip",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:sourcevpcarn",
  "aws:vpceaccount",
  "aws:vpceorgid",
  "aws:vpceorgpaths",
  "aws:principalarn",
  "aws:principalaccount",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:principalservicename",
  "aws:principalservicenameslist",
  "aws:userid",
  "aws:username",
  "aws:federatedprovider",
  "kms:calleraccount",
  "kms:viaservice",
  "kms:grantisforawsresource",
  "s3:dataaccesspointaccount",
  "s3:dataaccesspointarn",
  "s3:accesspointnetworkorigin",
  "sns:endpoint",
  "lambda:sourcefunctionarn",
  "elasticfilesystem:accessedviamounttarget",
  "alexaappid",
  "lambda:eventsourcetoken",
]);

/** Federated identity providers put their claims under their own name: "token.actions.githubusercontent.com:sub". */
const CLAIM = /[./][^:]*:(sub|aud|amr|oaud|actor|repository|repository_owner|job_workflow_ref|environment)$/;

const POSITIVE = /^(stringequals|stringequalsignorecase|stringlike|arnequals|arnlike|ipaddress|bool|binaryequals)$/;
const NEGATIVE = /^(stringnotequals|stringnotequalsignorecase|stringnotlike|arnnotequals|arnnotlike|notipaddress)$/;

interface Operator {
  readonly base: string;
  /** Holds for a caller without the key: "IfExists" and "ForAllValues:". */
  readonly lenient: boolean;
}

function operatorOf(written: string): Operator {
  let base = written.trim().toLowerCase();
  const forAll = base.startsWith("forallvalues:");
  base = base.replace(/^for(all|any)values?:/, "");
  const ifExists = base.endsWith("ifexists");
  return { base: ifExists ? base.slice(0, -"ifexists".length) : base, lenient: forAll || ifExists };
}

/**
 * Whether a statement's conditions limit its principals to somebody in particular. A condition that a stranger can
 * meet (aws:SecureTransport, aws:UserAgent, aws:Referer, a lenient operator whose key the stranger need not send) does
 * not count.
 */
export function isNarrowed(statement: Statement): Truth {
  const answers = statement.conditions.map(narrows);
  if (answers.includes(true)) return true;
  return answers.includes("unknown") || !statement.conditionsComplete ? "unknown" : false;
}

function narrows(condition: Condition): Truth {
  const operator = operatorOf(condition.operator);
  if (operator.lenient || !POSITIVE.test(operator.base)) return false;
  if (!isNarrowingKey(condition.key)) return false;
  // Compared letter by letter: whatever the value is, it is one in particular.
  if (operator.base === "stringequals" || operator.base === "stringequalsignorecase") return true;
  if (operator.base === "bool") return condition.values.items.every((v) => v.toLowerCase() === "true");
  if (condition.values.items.some((value) => value !== HOLE && isWideValue(operator.base, value))) return false;
  return condition.values.complete ? condition.values.items.length > 0 : "unknown";
}

/**
 * Whether a Deny with these conditions leaves only somebody in particular: "deny unless aws:SourceVpce is mine". All of
 * a Deny's conditions must hold for it to bite, so each of them must leave a narrow remainder.
 */
export function deniesStrangers(statement: Statement): boolean {
  return statement.conditionsComplete && statement.conditions.every(sparesOnlyFriends);
}

function sparesOnlyFriends(condition: Condition): boolean {
  const { base } = operatorOf(condition.operator);
  const key = condition.key.toLowerCase();
  if (base === "bool")
    return key === "aws:principalisawsservice" || key === "aws:viaawsservice"
      ? condition.values.items.every((v) => v.toLowerCase() === "false")
      : false;
  if (!NEGATIVE.test(base) || !isNarrowingKey(key)) return false;
  return (
    condition.values.complete && condition.values.items.every((value) => !isWideValue(base.replace("not", ""), value))
  );
}

export function isNarrowingKey(key: string): boolean {
  const lower = key.toLowerCase();
  return NARROWING.has(lower) || lower.startsWith("aws:principaltag/") || CLAIM.test(lower);
}

/** A value that matches (nearly) everybody, or that anybody can make match by the names they choose. */
function isWideValue(operator: string, value: string): boolean {
  if (operator === "ipaddress") return isEverywhere([value]);
  // Nothing but these two is compared letter by letter: everywhere else * and ? are wildcards.
  if (operator === "stringequals" || operator === "stringequalsignorecase") return false;
  if (/^[*?]/.test(value) || /^(o|vpc|vpce|r|ou)-\*$/.test(value)) return true;
  if (!value.startsWith("arn:")) return false;
  const [, , , , account, ...resource] = value.split(":");
  if (account === undefined) return value.endsWith("*");
  return isOpen(account) || (account === "" && (resource.length === 0 || isOpen(resource.join(":"))));
}
