/** Rule ids as a person types them: checked, with the nearest match when one is mistyped. */

import { nearest } from "../../core/approve/nearest.ts";
import { loadAllRules } from "../../core/rules/registry.ts";
import { UserError } from "./io.ts";

/** @throws UserError where no rule or alias is called so. */
export async function checkRuleIds(ids: readonly string[]): Promise<void> {
  const rules = await loadAllRules();
  const names = rules.flatMap((rule) => [rule.id, ...rule.aliases]);
  const known = new Set(names.map((name) => name.toLowerCase()));
  for (const id of ids) {
    if (known.has(id.toLowerCase())) continue;
    const near = nearest(id, names);
    throw new UserError(`there is no rule "${id}".${near ? ` Did you mean "${near}"?` : ""} See: draco rules list`);
  }
}
