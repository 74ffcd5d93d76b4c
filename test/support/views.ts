/** Terraform text to the estate that rules see. */
import { readTerraform } from "../../src/core/read/terraform/read-terraform.ts";
import { Estate } from "../../src/core/rules/estate.ts";
import type { Rule } from "../../src/core/rules/rule.ts";
import type { Verdict } from "../../src/core/rules/verdict.ts";
import type { View } from "../../src/core/rules/view.ts";

export function estateOf(terraform: string): Estate {
  const bytes = new TextEncoder().encode(terraform);
  const { stacks } = readTerraform({ files: [{ path: "main.tf", bytes }] });
  return new Estate(stacks.flatMap((stack) => stack.resources));
}

export function viewOf(terraform: string, address?: string): View {
  const estate = estateOf(terraform);
  const view = address === undefined ? estate.views[0] : estate.get(address);
  if (!view) throw new Error(`no ${address ?? "resource"} in ${terraform}`);
  return view;
}

/** What a rule says of a resource; of the first one of the rule's types where no address is given. */
export function verdictOn(rule: Rule, terraform: string, address?: string): Verdict["status"] {
  const estate = estateOf(terraform);
  const view = address === undefined ? estate.views.find((v) => rule.on.includes(v.type)) : estate.get(address);
  if (!view) throw new Error(`nothing for ${rule.id} in ${terraform}`);
  return rule.check(view).status;
}
