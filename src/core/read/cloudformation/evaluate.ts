/**
 * Evaluates a template's expressions without deploying it. What a deployment decides (no default, another stack, the
 * account) is Unknown; `Fn::If` with an open condition keeps what both arms agree on.
 */
import { isMap, isScalar, isSeq, type Node } from "yaml";
import { type Truth, Unknown, unknown } from "../../model/value.ts";
import { and, not, or } from "../../rules/verdict.ts";
import type { YamlDocument } from "../yaml/document.ts";
import { agree } from "./agree.ts";
import { joinList, pseudo, select, split } from "./functions.ts";
import { jsonText } from "./json-text.ts";
import { type Atom, entry, type Leaf, leaf, list, plain, type Traced, table, textOf } from "./traced.ts";
import { joinTexts } from "./unknown-text.ts";

/** "nothing": parameters are unknown even where they have a default. */
export type Assume = "defaults" | "nothing";

interface At {
  readonly node: Node | undefined;
  readonly key?: Node | undefined;
}

/** How a template is looked at. */
export interface Outlook {
  readonly assume?: Assume;
  /** Loop variables of Fn::ForEach. */
  readonly variables?: ReadonlyMap<string, string>;
  /** Allowed values that parameters are taken to have been given. Conditions go by the defaults all the same. */
  readonly choices?: ReadonlyMap<string, Node>;
  /** Told of each parameter whose value is asked for. */
  readonly onParameter?: (name: string) => void;
}

export class Evaluator {
  readonly document: YamlDocument;
  readonly #outlook: Outlook;
  readonly #conditions = new Map<string, Truth>();
  /** Whom to ask about conditions, where that is not this one. */
  readonly #byDefault: Evaluator | undefined;

  constructor(document: YamlDocument, outlook: Outlook = {}) {
    this.document = document;
    this.#outlook = outlook;
    this.#byDefault = outlook.choices || outlook.onParameter ? new Evaluator(document) : undefined;
  }

  /** The same template inside a loop. */
  inLoop(variable: string, value: string): Evaluator {
    const variables = new Map(this.#outlook.variables).set(variable, value);
    return new Evaluator(this.document, { ...this.#outlook, variables });
  }

  /** A key of a loop's body, with its variables filled in. */
  keyOf(text: string): string {
    return text.replace(
      /[$&]\{([^}]+)\}/g,
      (whole, name: string) => this.#outlook.variables?.get(name.trim()) ?? whole,
    );
  }

  /** The value of a node; undefined for AWS::NoValue, which stands for "not written". */
  evaluate(given: Node | null | undefined, key?: Node): Traced | undefined {
    const node = this.document.deref(given);
    const at: At = { node: node ?? key, key };
    if (!node) return leaf(null, at);
    const tag = tagOf(node);
    if (tag !== "") return this.#call(longName(tag), node, at, true);
    if (isScalar(node)) return leaf(this.document.scalarOf(node), at);
    if (isSeq(node)) return this.#list(node, at);
    if (!isMap(node)) return leaf(unknown, at);
    const entries = this.document.entries(node);
    const only = entries.length === 1 ? entries[0] : undefined;
    if (only && (only.key.startsWith("Fn::") || only.key === "Ref")) return this.#call(only.key, only.value, at, false);
    return this.#table(node, at);
  }

  /** A named condition, or the expression of one. */
  condition(name: string): Truth {
    if (this.#byDefault) return this.#byDefault.condition(name);
    const known = this.#conditions.get(name);
    if (known !== undefined) return known;
    this.#conditions.set(name, "unknown"); // a condition that asks for itself is never decided
    const written = this.#section("Conditions", name);
    const truth = written ? this.#truth(written) : "unknown";
    this.#conditions.set(name, truth);
    return truth;
  }

  #section(section: string, name: string): Node | null | undefined {
    return this.document.get(this.document.get(this.document.root, section)?.value, name)?.value;
  }

  #list(node: Node, at: At): Traced {
    const items = this.document.items(node).map((item) => this.evaluate(item));
    return list(
      items.filter((item) => item !== undefined),
      at,
    );
  }

  #table(node: Node, at: At): Traced {
    const found = new Map<string, Traced>();
    for (const { key, keyNode, value } of this.document.entries(node)) {
      const evaluated = this.evaluate(value, keyNode);
      if (evaluated) found.set(key, evaluated);
    }
    return table(found, at);
  }

  /**
   * The arguments of a function: of a list each, of anything else the one. `isTagged`: the node's own tag names the
   * function (!Sub), so it says nothing of the arguments; in the long form a tag belongs to the argument.
   */
  #arguments(node: Node | null | undefined, isTagged: boolean): readonly (Node | null)[] {
    const target = this.document.deref(node);
    return target && isSeq(target) && (isTagged || !hasTag(target)) ? this.document.items(target) : [target ?? null];
  }

  #call(name: string, node: Node | null | undefined, at: At, isTagged: boolean): Traced | undefined {
    const given = this.#arguments(node, isTagged);
    const argument = (index: number): Traced | undefined => {
      const part = given[index];
      const isOwn = isTagged && part && isScalar(part) && part === node;
      return isOwn ? leaf(part.source ?? String(part.value), at) : this.evaluate(part);
    };
    const text = (index: number): string | undefined => textOf(argument(index));
    switch (name) {
      case "Ref":
        return this.#ref(text(0) ?? "", at);
      case "Fn::GetAtt":
        return leaf(this.#getAtt(this.keyOf(given.length > 1 ? `${text(0)}.${text(1)}` : (text(0) ?? ""))), at);
      case "Fn::Sub":
        return this.#sub(
          scalarText(this.document.deref(given[0])) ?? "",
          given[1] ? this.evaluate(given[1]) : undefined,
          at,
        );
      case "Fn::Join":
        return leaf(joinList(text(0) ?? "", argument(1)), at);
      case "Fn::If":
        return this.#if(text(0) ?? "", given, at);
      case "Fn::Select":
        return select(Number(text(0)), argument(1), at);
      case "Fn::Split":
        return split(text(0), argument(1), at);
      case "Fn::FindInMap":
        return this.#findInMap([text(0), text(1), text(2)], given[3], at);
      case "Fn::Base64":
        return argument(0); // user data is plain text in Terraform: the provider encodes it
      case "Fn::ToJsonString":
        return jsonText((isTagged ? this.#untagged(node) : this.evaluate(node)) ?? leaf(null, at), at);
      case "Fn::Length": {
        const counted = isTagged ? this.#untagged(node) : this.evaluate(node);
        return leaf(counted?.kind === "list" ? counted.items.length : unknown, at);
      }
      case "Fn::Equals":
      case "Fn::And":
      case "Fn::Or":
      case "Fn::Not":
      case "Condition": {
        const truth = this.#truthOf(name, node, isTagged);
        return leaf(truth === "unknown" ? unknown : truth, at);
      }
      default: // ImportValue, GetAZs, Cidr, Transform: another stack, the region or a macro decides
        return leaf(unknown, at);
    }
  }

  /** The value of a node that bears a function's tag, without the tag's meaning. */
  #untagged(given: Node | null | undefined): Traced | undefined {
    const node = this.document.deref(given);
    if (!node) return undefined;
    if (isSeq(node)) return this.#list(node, { node });
    if (isMap(node) && node.tag?.startsWith("!")) return this.#table(node, { node });
    return this.evaluate(node);
  }

  #ref(name: string, at: At): Traced | undefined {
    if (name === "AWS::NoValue") return undefined;
    const variable = this.#outlook.variables?.get(name);
    if (variable !== undefined) return leaf(variable, at);
    if (name.startsWith("AWS::")) return leaf(pseudo(name), at);
    const parameter = this.#section("Parameters", name);
    if (parameter) return this.#parameter(name, parameter, at);
    return leaf(new Unknown("", this.#section("Resources", name) ? [`${name}.id`] : []), at);
  }

  #parameter(name: string, node: Node, at: At): Traced {
    const type = scalarText(this.document.get(node, "Type")?.value) ?? "String";
    const allowed = this.document.items(this.document.get(node, "AllowedValues")?.value);
    const { assume, choices, onParameter } = this.#outlook;
    onParameter?.(name);
    const chosen = choices?.get(name);
    const written =
      chosen ?? this.document.get(node, "Default")?.value ?? (allowed.length === 1 ? allowed[0] : undefined);
    const noEcho = /^true$/i.test(scalarText(this.document.get(node, "NoEcho")?.value) ?? "");
    const secret = noEcho ? { sensitive: true as const } : {};
    const value = scalarText(written);
    if (assume === "nothing" || !written || value === undefined || type.startsWith("AWS::SSM::Parameter::Value"))
      return { ...leaf(unknown, at), ...secret };
    // What may be chosen decides nothing: there is no one place to change it.
    const via = chosen ? {} : { via: { name: `Parameters.${name}`, node: written } };
    const one = (text: string): Leaf => {
      const number = type === "Number" && text.trim() !== "" ? Number(text) : Number.NaN;
      return { ...leaf(Number.isNaN(number) ? text : number, at), ...via, ...secret };
    };
    if (type !== "CommaDelimitedList" && !type.startsWith("List<")) return one(value);
    return list(value === "" ? [] : value.split(",").map((part) => one(part.trim())), at);
  }

  #getAtt(path: string): Unknown {
    const dot = path.indexOf(".");
    const resource = dot === -1 ? path : path.slice(0, dot);
    const attribute = dot === -1 ? "" : path.slice(dot + 1);
    return new Unknown("", [`${resource}.${snakeCase(attribute.replaceAll(".", "_"))}`]);
  }

  #sub(template: string, variables: Traced | undefined, at: At): Traced {
    const parts: Atom[] = [];
    let end = 0;
    let secret = false;
    for (const match of template.matchAll(/\$\{(!?)\s*([^}\s]+)\s*\}/g)) {
      parts.push(template.slice(end, match.index));
      end = match.index + match[0].length;
      const name = match[2] ?? "";
      const found = match[1] ? leaf(`\${${name}}`, at) : (entry(variables, name) ?? this.#named(name, at));
      if (found?.kind === "leaf" && found.sensitive) secret = true;
      parts.push(found?.kind === "leaf" ? found.value : found ? unknown : "");
    }
    parts.push(template.slice(end));
    return { ...leaf(joinTexts(parts), at), ...(secret && { sensitive: true as const }) };
  }

  #named(name: string, at: At): Traced | undefined {
    return name.includes(".") && !name.startsWith("AWS::") ? leaf(this.#getAtt(name), at) : this.#ref(name, at);
  }

  #if(name: string, given: readonly (Node | null)[], at: At): Traced | undefined {
    const truth = this.condition(name);
    if (truth !== "unknown") return this.evaluate(given[truth ? 1 : 2], at.key);
    return agree(this.evaluate(given[1], at.key), this.evaluate(given[2], at.key), at);
  }

  #findInMap(path: readonly (string | undefined)[], options: Node | null | undefined, at: At): Traced | undefined {
    const [map, first, second] = path;
    const fallback = options ? this.document.get(options, "DefaultValue") : undefined;
    if (map === undefined || first === undefined || second === undefined) return leaf(unknown, at);
    const found = this.document.get(this.#section("Mappings", map) ?? undefined, first);
    const value = this.document.get(found?.value, second);
    if (value) return this.evaluate(value.value, at.key);
    return fallback ? this.evaluate(fallback.value, at.key) : leaf(unknown, at);
  }

  #truth(given: Node | null | undefined): Truth {
    const node = this.document.deref(given);
    if (!node) return "unknown";
    const tag = tagOf(node);
    if (tag !== "") return this.#truthOf(longName(tag), node, true);
    if (isScalar(node)) return typeof node.value === "boolean" ? node.value : "unknown";
    const [only] = this.document.entries(node);
    return only ? this.#truthOf(only.key, only.value, false) : "unknown";
  }

  #truthOf(name: string, node: Node | null | undefined, isTagged: boolean): Truth {
    const given = this.#arguments(node, isTagged);
    if (name === "Condition") return this.condition(scalarText(this.document.deref(given[0])) ?? "");
    if (name === "Fn::Not") return not(this.#truth(given[0]));
    if (name === "Fn::And") return and(...given.map((part) => this.#truth(part)));
    if (name === "Fn::Or") return or(...given.map((part) => this.#truth(part)));
    if (name !== "Fn::Equals") return "unknown";
    const [left, right] = [this.evaluate(given[0]), this.evaluate(given[1])];
    const [a, b] = [textOf(left), textOf(right)];
    if (a !== undefined && b !== undefined) return a === b;
    if (left?.kind === "list" && right?.kind === "list")
      return JSON.stringify(plain(left)) === JSON.stringify(plain(right)) || "unknown";
    return "unknown";
  }
}

/** "DBInstanceIdentifier" → "db_instance_identifier". */
export const snakeCase = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();

/** The short form's name: "Sub" of !Sub. */
const tagOf = (node: Node): string =>
  "tag" in node && typeof node.tag === "string" && node.tag.startsWith("!") ? node.tag.slice(1) : "";
const hasTag = (node: Node): boolean => tagOf(node) !== "";

const longName = (tag: string): string => (tag === "Ref" || tag === "Condition" ? tag : `Fn::${tag}`);

const scalarText = (node: Node | null | undefined): string | undefined => {
  if (!node || !isScalar(node) || node.value === null) return undefined;
  return node.type === "PLAIN" && typeof node.source === "string" ? node.source : String(node.value);
};
