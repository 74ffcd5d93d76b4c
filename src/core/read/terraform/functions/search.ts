/** Functions that look for a value in a sequence. What is unknown may yet be what is looked for. */
import { convert } from "../convert.ts";
import { equals } from "../equality.ts";
import { FunctionError, type TerraformFunction } from "../function.ts";
import { isWhollyKnown, listOf, nullOf, Sequence, type TypedValue, typeOf, unknownOf } from "../typed-value.ts";
import { BOOL, DYNAMIC, listType, NUMBER, type Type, unify } from "../types.ts";
import { any, list } from "./define.ts";

const SHALLOW = { depth: "shallow" } as const;
const itemsOf = (value: TypedValue | undefined): readonly TypedValue[] =>
  value instanceof Sequence ? value.items : [];
const isKind = (value: TypedValue | undefined, ...kinds: readonly Type["kind"][]): boolean =>
  value !== undefined && kinds.includes(typeOf(value).kind);
const elementOf = (type: Type): Type => ("element" in type ? type.element : DYNAMIC);
const typeAt = (args: readonly TypedValue[], index: number): Type => typeOf(args[index] ?? nullOf(DYNAMIC));

const contains: TerraformFunction = {
  name: "contains",
  parameters: [any("list", SHALLOW), any("value", SHALLOW)],
  returns: BOOL,
  call: ([given, value = ""]) => {
    if (!isKind(given, "list", "tuple", "set")) return new FunctionError("argument must be list, tuple, or set");
    const answers = itemsOf(given).map((item) => equals(item, value));
    if (answers.includes(true)) return true;
    return answers.includes(undefined) ? unknownOf(BOOL, { notNull: true }) : false;
  },
};

const index: TerraformFunction = {
  name: "index",
  parameters: [any("list", SHALLOW), any("value", SHALLOW)],
  returns: NUMBER,
  call: ([given, value = ""]) => {
    if (!isKind(given, "list", "tuple")) return new FunctionError("argument must be a list or tuple");
    const items = itemsOf(given);
    if (items.length === 0) return new FunctionError("cannot search an empty list");
    for (const [at, item] of items.entries()) {
      const same = equals(item, value);
      if (same === undefined) return unknownOf(NUMBER, { notNull: true });
      if (same) return at;
    }
    return new FunctionError("item not found");
  },
};

const matchKeys: TerraformFunction = {
  name: "matchkeys",
  parameters: [list("values", DYNAMIC, SHALLOW), list("keys", DYNAMIC, SHALLOW), list("searchset", DYNAMIC, SHALLOW)],
  returns: (args) => typeAt(args, 0),
  call: (args) => {
    const element = elementOf(typeAt(args, 0));
    const common = unify([typeAt(args, 1), typeAt(args, 2)]);
    if (common === undefined) return new FunctionError("keys and searchset must be of the same type");
    const [values, keys, searchSet] = args.map((arg, i) => {
      const converted = i === 0 ? undefined : convert(arg, common);
      return converted?.ok ? converted.value : arg;
    });
    if (itemsOf(values).length !== itemsOf(keys).length)
      return new FunctionError("length of keys and values should be equal");
    const wanted = itemsOf(searchSet);
    if (wanted.length === 0) return listOf(element, []);
    if (!isWhollyKnown(values ?? "") || !isWhollyKnown(keys ?? ""))
      return unknownOf(listType(element), { notNull: true });
    const kept: TypedValue[] = [];
    for (const [at, key] of itemsOf(keys).entries()) {
      const answers = wanted.map((each) => equals(key, each));
      // Terraform gives up with an empty list, though the answer is open.
      if (answers.indexOf(undefined) >= 0 && !answers.slice(0, answers.indexOf(undefined)).includes(true)) {
        return listOf(element, []);
      }
      if (answers.includes(true)) kept.push(itemsOf(values)[at] ?? nullOf(element));
    }
    return listOf(element, kept);
  },
};

export const searchFunctions: readonly TerraformFunction[] = [contains, index, matchKeys];
