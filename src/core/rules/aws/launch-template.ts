/** Instances that leave things to a launch template. */
import { fail, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

/** What an instance does not say itself its launch template says. Undefined where it names none. */
export function fromTemplate(view: View, check: (template: View) => Verdict): Verdict | undefined {
  if (view.type !== "aws_instance" || view.has("launch_template") === false) return undefined;
  const [template] = view.joined("aws_launch_template");
  if (!template) return undecided("launch_template");
  const verdict = check(template);
  if (verdict.status === "fail") return fail("launch_template", verdict.message);
  return verdict.status === "unknown" ? undecided("launch_template") : pass("launch_template");
}
