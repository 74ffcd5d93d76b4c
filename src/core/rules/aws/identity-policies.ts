/** The permission policies that resources state: of identities, and of documents that are written for them. */
import type { Match } from "../evaluators/policy/access.ts";
import type { Policy } from "../evaluators/policy/document.ts";
import { policyAt, policyOfDocument, statementPath, writesPolicy } from "../evaluators/policy/locate.ts";
import { allOf, not, notApplicable, pass, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { isFromTemplate } from "./template.ts";

export const DOCUMENT = "data.aws_iam_policy_document";
export const IDENTITY = [
  "aws_iam_role_policy",
  "aws_iam_user_policy",
  "aws_iam_group_policy",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_ssoadmin_permission_set_inline_policy",
];

export interface Held {
  readonly path: string;
  readonly policy: Policy;
  /** The text comes from a policy document of this code, which is judged by itself. */
  readonly isDocument: boolean;
}

/** The permission policies that a resource states. */
export function policiesOf(view: View): readonly Held[] {
  if (view.type === DOCUMENT) return [{ path: "statement", policy: policyOfDocument(view), isDocument: false }];
  // A template's inline policies are resources of their own here.
  if (view.type === "aws_iam_role" && isFromTemplate(view)) return [];
  const places =
    view.type === "aws_iam_role"
      ? view.blocks("inline_policy").items.map((block) => ({ block, name: "policy" }))
      : [{ block: view, name: view.type === "aws_ssoadmin_permission_set_inline_policy" ? "inline_policy" : "policy" }];
  return places.flatMap(({ block, name }) => {
    const policy = policyAt(block, name, view);
    if (!policy) return [];
    return [
      { path: block.path === "" ? name : `${block.path}.${name}`, policy, isDocument: writesPolicy(view, block, name) },
    ];
  });
}

/** No policy that the resource states may hold what `find` looks for. */
export function forbid(view: View, find: (policy: Policy) => Match, message: string): Verdict {
  const held = policiesOf(view);
  if (held.length === 0) return view.type === "aws_iam_role" ? notApplicable : pass("policy");
  return allOf(
    held.map(({ path, policy, isDocument }) => {
      if (isDocument) return notApplicable;
      const { truth, index } = find(policy);
      return verdictOf(not(truth), view.type === DOCUMENT ? statementPath(view, index) : path, message);
    }),
  );
}

/** An example: a policy resource. */
export const policyExample = (action: string, resource: string): string =>
  `
    resource "aws_iam_policy" "p" {
      name = "p"
      policy = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect   = "Allow"
          Action   = ${action}
          Resource = "${resource}"
        }]
      })
    }
  `;
/** An example: a policy document. */
export const documentExample = (actions: string, resources: string): string =>
  `
    data "aws_iam_policy_document" "p" {
      statement {
        actions   = ${actions}
        resources = ["${resources}"]
      }
    }
  `;
