/** Trust in GitHub Actions' identity provider: whether the subject condition names a repository or an organisation. */
import type { Truth } from "../../../model/value.ts";
import { and, not, or } from "../../verdict.ts";
import { HOLE } from "../texts.ts";
import { findStatement, type Match, some } from "./access.ts";
import type { Condition, Policy, Statement } from "./document.ts";
import { isOpen } from "./wildcards.ts";

const PROVIDER = "token.actions.githubusercontent.com";

/** The first Allow that GitHub's tokens can use without their subject being tied to somebody's repositories. */
export function trustsAnyWorkflow(policy: Policy): Match {
  return findStatement(policy, (statement) =>
    and(
      statement.effect === "unknown" ? "unknown" : statement.effect === "Allow",
      trustsGitHub(statement),
      not(tied(statement)),
    ),
  );
}

const trustsGitHub = (statement: Statement): Truth =>
  some(statement.principals, (p) => p.kind === "federated" && p.value.toLowerCase().includes(PROVIDER));

function tied(statement: Statement): Truth {
  const subjects = statement.conditions.filter((c) => isSubject(c) && isPositive(c));
  return or(...subjects.map(namesRepository), statement.conditionsComplete ? false : "unknown");
}

const isSubject = (c: Condition): boolean => {
  const key = c.key.toLowerCase();
  return key.startsWith(PROVIDER) && key.endsWith(":sub");
};

const isPositive = (c: Condition): boolean =>
  /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike)$/i.test(c.operator);

/**
 * Every value must name an owner: "repo:owner/…", or a customised subject that starts with an owner or repository claim.
 * A subject that starts with a claim which anyone's workflow can carry (workflow:, environment:, ref:…) names nobody.
 */
function namesRepository(condition: Condition): Truth {
  if (condition.values.items.length === 0) return condition.values.complete ? false : "unknown";
  return and(...condition.values.items.map(namesOwner));
}

/** Whether a subject of GitHub's tokens ("repo:owner/name:ref:…") can be carried by somebody's workflows alone. */
export function namesOwner(value: string): Truth {
  if (value === HOLE) return "unknown";
  const [claim = "", ...rest] = value.split(":");
  const named = rest.join(":");
  const kind = claim.toLowerCase();
  if (kind === HOLE) return "unknown";
  if (kind === "repo" || kind === "repository") {
    const [owner = "", repository] = named.split("/", 2);
    if (named.startsWith(HOLE) && repository === undefined) return "unknown";
    if (repository === undefined) return false;
    return !/[*?]/.test(owner) && owner !== "";
  }
  if (
    kind === "repository_owner" ||
    kind === "repository_owner_id" ||
    kind === "repository_id" ||
    kind === "enterprise"
  )
    return named !== "" && !isOpen(named.split(":")[0] ?? "") && !/^[*?]/.test(named);
  if (kind === "job_workflow_ref") return /^[^*?/]+\//.test(named);
  return false;
}
