// Values as Terraform's JSON syntax writes them: strings are templates, references are templates of one interpolation.
import type { FixValue } from "../../model/patch.ts";
import { isList, isObject } from "../../model/value.ts";
import { referenceOf } from "./render.ts";

export const renderJson = (value: FixValue): string => JSON.stringify(toJson(value));

const toJson = (value: FixValue): unknown => {
  const reference = referenceOf(value);
  if (reference !== undefined) return `\${${reference}}`;
  if (typeof value === "string") return value.replace(/[$%](?=\{)/g, "$&$&");
  if (isList(value)) return value.map(toJson);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
  return value;
};
