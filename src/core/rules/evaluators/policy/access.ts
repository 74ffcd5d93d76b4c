/** What a policy's statements allow: to whom, which actions, on which resources. Three-valued throughout. */
import type { Truth } from "../../../model/value.ts";
import { and, not, or } from "../../verdict.ts";
import { HOLE, type Texts } from "../texts.ts";
import { deniesStrangers, isNarrowed } from "./conditions.ts";
import type { Policy, Principals, Statement } from "./document.ts";
import { covers, isOpen } from "./wildcards.ts";

const isAllow = (statement: Statement): Truth =>
  statement.effect === "unknown" ? "unknown" : statement.effect === "Allow";

/** A statement that answers true to a question, or "unknown" where it might. */
export interface Match {
  readonly truth: Truth;
  readonly index: number;
  readonly statement?: Statement;
}

const NO_MATCH: Match = { truth: false, index: -1 };

/** The first statement for which the question is certainly true, else the first for which it may be. */
export function findStatement(policy: Policy, question: (statement: Statement) => Truth): Match {
  let open: Match | undefined;
  for (const [index, statement] of policy.statements.entries()) {
    const truth = question(statement);
    if (truth === true) return { truth, index, statement };
    if (truth === "unknown") open ??= { truth, index, statement };
  }
  return open ?? (policy.complete ? NO_MATCH : { truth: "unknown", index: -1 });
}

/** Anyone at all: Principal "*", {"AWS": "*"}, or Allow with NotPrincipal (everyone but those named). */
export function namesAnyone(statement: Statement): Truth {
  if (statement.notPrincipals) return true;
  return some(statement.principals, (p) => p.kind === "any");
}

/** Anyone in the narrower sense of AWS principals only; what `Principal` says, without NotPrincipal. */
export function some(principals: Principals | undefined, holds: (p: Principals["items"][number]) => Truth): Truth {
  if (!principals) return false;
  return or(...principals.items.map(holds), principals.complete ? false : "unknown");
}

/** The first Allow that gives something to anyone, is not narrowed by its conditions, and is not undone by a Deny. */
export function grantsAnyone(policy: Policy, concerning: (statement: Statement) => Truth = () => true): Match {
  return findStatement(policy, (statement) =>
    and(
      isAllow(statement),
      namesAnyone(statement),
      concerning(statement),
      not(isNarrowed(statement)),
      not(isDenied(policy, statement)),
    ),
  );
}

/** Whether a Deny takes back everything that an Allow gives to strangers. */
export function isDenied(policy: Policy, allow: Statement): Truth {
  return policy.statements.some(
    (deny) =>
      deny.effect === "Deny" &&
      (deny.principals?.items.some((p) => p.kind === "any") ?? allow.principals === undefined) &&
      deniesStrangers(deny) &&
      coversAll(deny.actions, deny.notActions, allow.actions) &&
      (deny.resources === undefined || coversAll(deny.resources, deny.notResources, allow.resources)),
  );
}

/** Whether the Deny's list covers each element of the Allow's. */
function coversAll(wide: Texts | undefined, except: Texts | undefined, narrow: Texts | undefined): boolean {
  if (except || !wide || !narrow) return wide?.items.includes("*") ?? false;
  return narrow.complete && narrow.items.every((item) => wide.items.some((pattern) => covers(pattern, item)));
}

/** Whether the statement's actions include every action there is: "*", "*:*", or NotAction of nothing. */
export function allowsEverything(statement: Statement): Truth {
  return and(
    isAllow(statement),
    listed(statement.actions, (action) => isOpen(action) || /^\*+:\*+$/.test(action)),
  );
}

/** Whether the statement speaks of every resource: "*", or no Resource element at all in an identity policy. */
export function onEverything(statement: Statement): Truth {
  if (statement.notResources) return true;
  return listed(statement.resources, isOpen);
}

/** Whether the statement allows this action ("iam:PassRole"); wildcards and NotAction are honoured. */
export function allowsAction(statement: Statement, action: string): Truth {
  if (statement.notActions) return and(isAllow(statement), not(listed(statement.notActions, (p) => covers(p, action))));
  return and(
    isAllow(statement),
    listed(statement.actions, (pattern) => covers(pattern, action)),
  );
}

/** Whether the policy denies the action everywhere and to everybody that the policy is about. */
export function deniesAction(policy: Policy, action: string): boolean {
  return policy.statements.some(
    (s) =>
      s.effect === "Deny" &&
      s.conditions.length === 0 &&
      s.conditionsComplete &&
      (s.actions?.items.some((pattern) => covers(pattern, action)) ?? false) &&
      (s.resources?.items.some(isOpen) ?? false),
  );
}

/** Whether a list holds a text for which the question is true; an element not known at all leaves it open. */
export function listed(texts: Texts | undefined, holds: (text: string) => boolean): Truth {
  if (!texts) return false;
  if (texts.items.some((text) => text !== HOLE && holds(text))) return true;
  return texts.complete ? false : "unknown";
}
