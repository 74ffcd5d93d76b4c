/** Parameters with a list of allowed values: whoever deploys may choose any of them, so that all of them must do. */
import { isScalar, type Node } from "yaml";
import type { YamlDocument } from "../yaml/document.ts";

/** A longer list is a catalogue (instance types), not a choice. */
const MOST_VALUES = 8;
/** How often a template is looked at with another value. */
export const MAX_CHOICES = 16;

interface Choice {
  /** "Encrypted=false" */
  readonly label: string;
  readonly choices: ReadonlyMap<string, Node>;
}

/** Each other value of each of these parameters, one at a time; the rest stay as they are by default. */
export function* choicesOf(document: YamlDocument, parameters: ReadonlySet<string>): Generator<Choice> {
  const first = firstChoices(document);
  for (const { name, allowed, byDefault } of open(document)) {
    if (!parameters.has(name)) continue;
    const usual = byDefault ?? textOf(first.get(name));
    for (const node of allowed) {
      const value = textOf(node);
      if (value === undefined || value === usual) continue;
      yield { label: `${name}=${value}`, choices: new Map(first).set(name, node) };
    }
  }
}

/** A parameter without a default has to be given one of its values: the first stands for it. */
export function firstChoices(document: YamlDocument): ReadonlyMap<string, Node> {
  const chosen = new Map<string, Node>();
  for (const { name, allowed, byDefault } of open(document)) {
    const [first] = allowed;
    if (byDefault === undefined && first) chosen.set(name, first);
  }
  return chosen;
}

interface Open {
  readonly name: string;
  readonly allowed: readonly Node[];
  readonly byDefault: string | undefined;
}

function* open(document: YamlDocument): Generator<Open> {
  for (const { key, value } of document.entries(document.get(document.root, "Parameters")?.value)) {
    const allowed = document.items(document.get(value, "AllowedValues")?.value).filter((item) => item !== null);
    if (allowed.length < 2 || allowed.length > MOST_VALUES) continue;
    // Of a list of values any part may be chosen.
    const type = document.valueOf(document.get(value, "Type")?.value);
    if (typeof type === "string" && /^(?:CommaDelimitedList|List<)/.test(type)) continue;
    yield { name: key, allowed, byDefault: textOf(document.get(value, "Default")?.value) };
  }
}

const textOf = (node: Node | null | undefined): string | undefined =>
  node && isScalar(node) && node.value !== null ? String(node.value) : undefined;
