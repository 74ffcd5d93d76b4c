/**
 * What an IAM resource of Google's grants: a member, a binding, or a whole policy (written as JSON or by
 * data.google_iam_policy). Reads only; says nothing of good or bad.
 */
import type { Truth, Value } from "../../model/value.ts";
import { isUnknown } from "../../model/value.ts";
import { jsonAt } from "../evaluators/json-text.ts";
import { HOLE, type Texts, textsAt } from "../evaluators/texts.ts";
import { and, not, or, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";

export interface Grant {
  readonly role: Texts;
  readonly members: Texts;
  /** The attributes that hold them, for findings to point at. */
  readonly rolePath: string;
  readonly memberPath: string;
}

interface Grants {
  readonly items: readonly Grant[];
  /** False where a policy is granted that nobody can read before it is applied. */
  readonly complete: boolean;
}

export function grantsOf(view: View): Grants {
  if (view.type === "data.google_iam_policy") return bindingsOf(view, "binding");
  if (!view.type.endsWith("_iam_policy")) return { items: [grantOf(view)], complete: true };
  const [document] = view.joined("data.google_iam_policy", "policy_data");
  if (document) return at("policy_data", bindingsOf(document, "binding"));
  const json = jsonAt(view, "policy_data");
  if (json === "unknown") return { items: [], complete: false };
  return json ? at("policy_data", bindingsOf(json, "bindings")) : { items: [], complete: true };
}

function grantOf(block: Block): Grant {
  const memberPath = block.get("members").kind === "absent" ? "member" : "members";
  return {
    role: textsAt(block, "role"),
    members: textsAt(block, memberPath),
    rolePath: block.get("role").path,
    memberPath: block.get(memberPath).path,
  };
}

function bindingsOf(block: Block, path: string): Grants {
  const { items, complete } = block.blocks(path);
  const known = items.filter((item) => !isUnknown(item.value as Value));
  return { items: known.map(grantOf), complete: complete && known.length === items.length };
}

const at = (path: string, grants: Grants): Grants => ({
  ...grants,
  items: grants.items.map((grant) => ({ ...grant, rolePath: path, memberPath: path })),
});

/** Whether one of the texts is meant. A text with a hole may be, where what is known of it fits one of `samples`. */
export function someText(texts: Texts, isMeant: (text: string) => boolean, samples: readonly string[]): Truth {
  const known = texts.items.filter((text) => !text.includes(HOLE));
  if (known.some(isMeant)) return true;
  const open = texts.items.filter((text) => text.includes(HOLE));
  return open.some((text) => samples.some((sample) => fits(text, sample))) ? "unknown" : false;
}

function fits(outline: string, sample: string): boolean {
  const before = outline.slice(0, outline.indexOf(HOLE));
  const after = outline.slice(outline.lastIndexOf(HOLE) + 1);
  return sample.length >= before.length + after.length && sample.startsWith(before) && sample.endsWith(after);
}

const EVERYONE = ["allUsers", "allAuthenticatedUsers"];

/** allAuthenticatedUsers is everyone with any Google account. */
export const isEveryone = (members: Texts): Truth => someText(members, (member) => EVERYONE.includes(member), EVERYONE);

/** Fails where a grant is of the kind that `isBad` knows; a policy that cannot be read leaves it open. */
export function forbidGrant(
  view: View,
  isBad: (grant: Grant) => Truth,
  path: (grant: Grant) => string,
  message: string,
): Verdict {
  const { items, complete } = grantsOf(view);
  const judged = items.map((grant) => ({ grant, bad: isBad(grant) }));
  const first = judged.find(({ bad }) => bad === true) ?? judged.find(({ bad }) => bad === "unknown") ?? judged[0];
  const some = or(...judged.map(({ bad }) => bad), complete ? false : "unknown");
  if (some === "unknown" && !first) return undecided("policy_data");
  return verdictOf(not(and(some)), first && path(first.grant), message);
}
