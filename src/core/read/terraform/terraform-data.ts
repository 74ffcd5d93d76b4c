/** terraform_data, the one managed resource that Terraform itself provides, and so the one whose plan is known exactly. */
import { mark, marksOf, NULL, NullValue, type TypedValue, typeOf, unknownOf, unmark } from "./typed-value.ts";
import { STRING } from "./types.ts";

const ID = unknownOf(STRING, { notNull: true });

export function terraformDataMember(
  name: string,
  member: (name: string) => TypedValue | undefined,
  read: (name: string) => TypedValue | undefined,
): TypedValue | undefined {
  if (name === "id") return ID;
  if (name === "output") {
    const input = member("input") ?? NULL;
    return unmark(input) instanceof NullValue ? input : mark(unknownOf(typeOf(input)), marksOf(input));
  }
  if (name === "input" || name === "triggers_replace") return read(name) ?? NULL;
  return undefined;
}
