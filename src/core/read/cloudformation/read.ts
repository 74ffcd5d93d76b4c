/** CloudFormation and SAM templates, YAML or JSON, as resources in Terraform's shape. */
import { isMap, type Node } from "yaml";
import type { Diagnostic } from "../../model/finding.ts";
import type { CodeOrigin, Resource } from "../../model/resource.ts";
import type { SourceFile } from "../../model/source-range.ts";
import { isObject, type Truth, Unknown } from "../../model/value.ts";
import type { Comment, Reading, Stack } from "../reading.ts";
import type { Entry, YamlDocument } from "../yaml/document.ts";
import { parseYaml, yamlDiagnostic } from "../yaml/parse.ts";
import { choicesOf, firstChoices, MAX_CHOICES } from "./choices.ts";
import { Evaluator } from "./evaluate.ts";
import { MAPPINGS } from "./mapping/index.ts";
import { globalsSection, withGlobals } from "./sam.ts";
import { type Mapping, shape } from "./shape.ts";
import {
  entry,
  leaf,
  leavesWhere,
  locateIn,
  plain,
  referencesIn,
  type Table,
  type Traced,
  table,
  textOf,
} from "./traced.ts";

/** Reads templates; each is a stack of its own. Parameters count with their defaults, and without one are unknown. */
export function readCloudFormation(files: readonly SourceFile[]): Reading {
  const stacks: Stack[] = [];
  const comments: Comment[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    const parsed = parseYaml(file, "1.1");
    comments.push(...parsed.comments);
    diagnostics.push(...parsed.diagnostics);
    const document = parsed.documents.find((d) => d.get(d.root, "Resources"));
    if (!document) continue;
    const template = new Template(document);
    diagnostics.push(...template.unread);
    stacks.push(...stacksOf(document, template, file.path));
    comments.push(...template.skips());
  }
  return { stacks, comments, diagnostics, skipped: [] };
}

/**
 * The template as it is by default, and once more for every other value that a parameter may be given, where that makes
 * a difference to a resource: each is an environment of the stack, since each may be deployed.
 */
function stacksOf(document: YamlDocument, template: Template, path: string): readonly Stack[] {
  const stack = { format: "cloudformation", path, resources: template.resources() } as const;
  const seen = new Set([fingerprintOf(stack.resources)]);
  const stacks: Stack[] = [stack];
  for (const { label, choices } of choicesOf(document, template.parameters)) {
    if (stacks.length > MAX_CHOICES) break;
    const resources = new Template(document, choices).resources();
    const print = fingerprintOf(resources);
    if (seen.has(print)) continue;
    seen.add(print);
    stacks.push({ ...stack, environment: label, resources });
  }
  return stacks;
}

const fingerprintOf = (resources: readonly Resource[]): string => JSON.stringify(resources.map((r) => r.attributes));

/** How many resources the loops of one template may come to. */
const MAX_LOOPED = 5_000;
const MAX_LOOP_DEPTH = 4;

/** A resource as it is written, and what its expressions mean there. */
interface Written {
  readonly address: string;
  readonly entry: Entry;
  readonly evaluator: Evaluator;
}

class Template {
  readonly #document: YamlDocument;
  /** Parameters without their defaults: what is false here is false in every deployment. */
  readonly #anyDeployment: Evaluator;
  readonly #written: readonly Written[];
  readonly #names: ReadonlySet<string>;
  /** Parameters that a value was asked of, once resources() was called. */
  readonly parameters = new Set<string>();
  /** Loops that nobody can unroll before deployment. */
  readonly unread: Diagnostic[] = [];

  constructor(document: YamlDocument, choices: ReadonlyMap<string, Node> = firstChoices(document)) {
    this.#document = document;
    this.#anyDeployment = new Evaluator(document, { assume: "nothing" });
    const evaluator = new Evaluator(document, { choices, onParameter: (name) => this.parameters.add(name) });
    this.#written = this.#expand(document.get(document.root, "Resources")?.value, evaluator, 0);
    this.#names = new Set(this.#written.map((written) => written.address));
  }

  resources(): readonly Resource[] {
    return this.#written.flatMap((written) => this.#resource(written));
  }

  /** The entries of a mapping of resources, with Fn::ForEach unrolled where its collection is known. */
  #expand(resources: Node | null | undefined, evaluator: Evaluator, depth: number): readonly Written[] {
    const found: Written[] = [];
    for (const written of this.#document.entries(resources)) {
      if (!written.key.startsWith("Fn::ForEach::")) {
        found.push({ address: evaluator.keyOf(written.key), entry: written, evaluator });
        continue;
      }
      const [variable, collection, body] = this.#document.items(written.value);
      const name = this.#document.valueOf(variable);
      const items = evaluator.evaluate(collection);
      if (typeof name !== "string" || items?.kind !== "list" || depth > MAX_LOOP_DEPTH) {
        const [start, end] = this.#document.extent(written.keyNode);
        const summary = "The loop's collection is not known before deployment: its resources are not read";
        this.unread.push({ ...yamlDiagnostic(this.#document.source, summary, start, end), severity: "warning" });
        continue;
      }
      for (const item of items.items) {
        const value = textOf(item);
        if (value === undefined || found.length > MAX_LOOPED) continue;
        found.push(...this.#expand(body, evaluator.inLoop(name, value), depth + 1));
      }
    }
    return found;
  }

  /** Metadata.checkov.skip says what a comment would. */
  *skips(): Generator<Comment> {
    for (const {
      entry: { value },
    } of this.#written) {
      const metadata = this.#document.get(value, "Metadata")?.value;
      const skip = this.#document.get(this.#document.get(metadata, "checkov")?.value, "skip")?.value;
      for (const item of this.#document.items(skip)) {
        const written = this.#document.valueOf(item);
        if (!item || !isObject(written) || typeof written.id !== "string") continue;
        const reason = typeof written.comment === "string" ? written.comment : "";
        yield { text: `checkov:skip=${written.id}:${reason}`, range: this.#document.rangeOf(item) };
      }
    }
  }

  #resource(written: Written): readonly Resource[] {
    const node = this.#document.deref(written.entry.value);
    if (!node || !isMap(node)) return [];
    const type = this.#document.valueOf(this.#document.get(node, "Type")?.value);
    if (typeof type !== "string") return [];
    const exists = this.#exists(node, written.evaluator);
    if (exists === false) return [];
    const properties = this.#properties(node, type, written.evaluator);
    const mapping = MAPPINGS[type];
    const common = { written, node, possible: exists === "unknown" };
    const main = this.#build(common, shape(properties, mapping), mapping?.type ?? type);
    // The main resource comes last: of resources with one address it is the one that references mean.
    return [...this.#also(common, properties, mapping), main];
  }

  /** A resource whose condition rests on parameters may exist in some deployment, whatever their defaults. */
  #exists(node: Node, evaluator: Evaluator): Truth {
    const condition = this.#document.valueOf(this.#document.get(node, "Condition")?.value);
    if (typeof condition !== "string") return true;
    const always = this.#anyDeployment.condition(condition);
    if (always !== "unknown") return always;
    return evaluator.condition(condition) === true ? true : "unknown";
  }

  #properties(node: Node, type: string, evaluator: Evaluator): Traced | undefined {
    const written = this.#document.get(node, "Properties");
    const own = written?.value ? evaluator.evaluate(written.value, written.keyNode) : undefined;
    const section = globalsSection(type);
    if (!section) return own;
    const globals = this.#document.get(this.#document.get(this.#document.root, "Globals")?.value, section);
    return withGlobals(own, globals?.value ? evaluator.evaluate(globals.value, globals.keyNode) : undefined);
  }

  *#also(common: Common, properties: Traced | undefined, mapping: Mapping | undefined): Generator<Resource> {
    for (const part of mapping?.also ?? []) {
      const when = entry(properties, part.when);
      if (!when) continue;
      if (part.each && when.kind === "list") {
        for (const item of when.items)
          yield this.#build(common, this.#linked(common, shape(item, part), part.link), part.type);
        continue;
      }
      const shaped = shape(table(new Map([[part.when, when]]), when), part, true);
      yield this.#build(common, this.#linked(common, shaped, part.link), part.type);
    }
  }

  #linked({ written }: Common, shaped: Table, link: string | undefined): Table {
    if (!link) return shaped;
    const target = leaf(new Unknown("", [`${written.address}.id`]), { node: shaped.node });
    return table(new Map(shaped.entries).set(link, target), shaped);
  }

  #build({ written, node, possible }: Common, attributes: Table, type: string): Resource {
    const document = this.#document;
    const value = plain(attributes);
    const sensitive = leavesWhere(attributes, (found) => found.sensitive === true).map(([path]) => path);
    const header = document.rangeOf(written.entry.keyNode);
    const origin: CodeOrigin = {
      kind: "code",
      format: "cloudformation",
      range: document.spanOf(written.entry.keyNode, node),
      header,
      locate: (path) => locateIn(attributes, path, document),
    };
    return {
      address: written.address,
      type,
      name: written.address,
      module: "",
      attributes: isObject(value) ? value : {},
      sensitive,
      references: referencesIn(attributes, (name) => this.#names.has(name)),
      origin,
      ...(type.startsWith("aws_") && { provider: { name: "aws" } }),
      ...(possible && { possible }),
    };
  }
}

interface Common {
  readonly written: Written;
  readonly node: Node;
  readonly possible: boolean;
}
