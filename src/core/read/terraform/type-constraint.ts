/** Reads a type constraint: string, list(object({ a = optional(number, 1) })), any. */
import { type Call, type Expression, literalKey, literalString } from "../hcl/ast.ts";
import { parseHclExpression } from "../hcl/parse.ts";
import type { Scope } from "./scope.ts";
import type { TypedValue } from "./typed-value.ts";
import {
  BOOL,
  DYNAMIC,
  listType,
  mapType,
  NUMBER,
  objectType,
  STRING,
  setType,
  type Type,
  tupleType,
} from "./types.ts";

/** What cannot be read is `any`, and told. `scope` evaluates the defaults of optional(), which are constants. */
export function typeConstraint(node: Expression, scope: Scope): Type {
  switch (node.kind) {
    case "variable":
      switch (node.name) {
        case "string":
          return STRING;
        case "number":
          return NUMBER;
        case "bool":
          return BOOL;
        case "any":
          return DYNAMIC;
        // Terraform 0.11's spelling of list(any) and map(any).
        case "list":
          return listType(DYNAMIC);
        case "map":
          return mapType(DYNAMIC);
        case "set":
          return setType(DYNAMIC);
      }
      break;
    case "template": {
      // JSON syntax, and Terraform 0.11, put the type into a string.
      const text = literalString(node);
      if (text === undefined) break;
      const parsed = parseHclExpression(new TextEncoder().encode(text), scope.file.file);
      if (parsed.diagnostics.length > 0 || parsed.expression.kind === "template") break;
      return typeConstraint(parsed.expression, scope);
    }
    case "call":
      return typeCall(node, scope);
    case "parentheses":
      return typeConstraint(node.inner, scope);
  }
  scope.session.report(scope.file, node, "Invalid type specification", "This is not a valid type constraint.");
  return DYNAMIC;
}

function typeCall(node: Call, scope: Scope): Type {
  const [arg] = node.args;
  switch (node.name) {
    case "list":
    case "set":
    case "map": {
      const element = arg === undefined ? DYNAMIC : typeConstraint(arg, scope);
      return node.name === "list" ? listType(element) : node.name === "set" ? setType(element) : mapType(element);
    }
    case "tuple":
      if (arg?.kind === "tuple") return tupleType(arg.items.map((item) => typeConstraint(item, scope)));
      break;
    case "object":
      if (arg?.kind === "object") {
        const attributes = new Map<string, Type>();
        const optional = new Map<string, TypedValue | undefined>();
        for (const { key, value } of arg.items) {
          const name = literalKey(key);
          if (name === undefined) continue;
          if (value.kind === "call" && value.name === "optional") {
            const [inner, fallback] = value.args;
            attributes.set(name, inner === undefined ? DYNAMIC : typeConstraint(inner, scope));
            optional.set(name, fallback === undefined ? undefined : scope.evaluate(fallback, scope));
          } else attributes.set(name, typeConstraint(value, scope));
        }
        return objectType(attributes, optional.size > 0 ? optional : undefined);
      }
      break;
  }
  scope.session.report(
    scope.file,
    node,
    "Invalid type specification",
    `"${node.name}" is not used like this in a type constraint.`,
  );
  return DYNAMIC;
}
