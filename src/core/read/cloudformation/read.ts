/** CloudFormation and SAM templates, YAML or JSON, as resources in Terraform's shape. */
import { isMap, type Node } from "yaml";
import type { Diagnostic } from "../../model/finding.ts";
import type { CodeOrigin, Resource } from "../../model/resource.ts";
import type { SourceFile } from "../../model/source-range.ts";
import { isObject, type Truth, Unknown } from "../../model/value.ts";
import type { Comment, Reading, Stack } from "../reading.ts";
import type { Entry, YamlDocument } from "../yaml/document.ts";
import { parseYaml } from "../yaml/parse.ts";
import { Evaluator } from "./evaluate.ts";
import { MAPPINGS } from "./mapping/index.ts";
import { globalsSection, withGlobals } from "./sam.ts";
import { type Mapping, shape } from "./shape.ts";
import { entry, leaf, leaves, locateIn, plain, referencesIn, type Table, type Traced, table } from "./traced.ts";

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
    stacks.push({ format: "cloudformation", path: file.path, resources: template.resources() });
    comments.push(...template.skips());
  }
  return { stacks, comments, diagnostics, skipped: [] };
}

class Template {
  readonly #document: YamlDocument;
  readonly #evaluator: Evaluator;
  /** Parameters without their defaults: what is false here is false in every deployment. */
  readonly #anyDeployment: Evaluator;
  readonly #written: readonly Entry[];
  readonly #names: ReadonlySet<string>;

  constructor(document: YamlDocument) {
    this.#document = document;
    this.#evaluator = new Evaluator(document);
    this.#anyDeployment = new Evaluator(document, "nothing");
    this.#written = document.entries(document.get(document.root, "Resources")?.value);
    this.#names = new Set(this.#written.map((written) => written.key));
  }

  resources(): readonly Resource[] {
    return this.#written.flatMap((written) => this.#resource(written));
  }

  /** Metadata.checkov.skip says what a comment would. */
  *skips(): Generator<Comment> {
    for (const { value } of this.#written) {
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

  #resource(written: Entry): readonly Resource[] {
    const node = this.#document.deref(written.value);
    if (!node || !isMap(node)) return [];
    const type = this.#document.valueOf(this.#document.get(node, "Type")?.value);
    if (typeof type !== "string") return [];
    const exists = this.#exists(node);
    if (exists === false) return [];
    const properties = this.#properties(node, type);
    const mapping = MAPPINGS[type];
    const common = { written, node, possible: exists === "unknown" };
    const main = this.#build(common, shape(properties, mapping), mapping?.type ?? type);
    // The main resource comes last: of resources with one address it is the one that references mean.
    return [...this.#also(common, properties, mapping), main];
  }

  /** A resource whose condition rests on parameters may exist in some deployment, whatever their defaults. */
  #exists(node: Node): Truth {
    const condition = this.#document.valueOf(this.#document.get(node, "Condition")?.value);
    if (typeof condition !== "string") return true;
    const always = this.#anyDeployment.condition(condition);
    if (always !== "unknown") return always;
    return this.#evaluator.condition(condition) === true ? true : "unknown";
  }

  #properties(node: Node, type: string): Traced | undefined {
    const written = this.#document.get(node, "Properties");
    const own = written?.value ? this.#evaluator.evaluate(written.value, written.keyNode) : undefined;
    const section = globalsSection(type);
    if (!section) return own;
    const globals = this.#document.get(this.#document.get(this.#document.root, "Globals")?.value, section);
    return withGlobals(own, globals?.value ? this.#evaluator.evaluate(globals.value, globals.keyNode) : undefined);
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
    const target = leaf(new Unknown("", [`${written.key}.id`]), { node: shaped.node });
    return table(new Map(shaped.entries).set(link, target), shaped);
  }

  #build({ written, node, possible }: Common, attributes: Table, type: string): Resource {
    const document = this.#document;
    const value = plain(attributes);
    const sensitive = [...leaves(attributes)].filter(([, found]) => found.sensitive).map(([path]) => path);
    const header = document.rangeOf(written.keyNode);
    const origin: CodeOrigin = {
      kind: "code",
      format: "cloudformation",
      range: document.spanOf(written.keyNode, node),
      header,
      locate: (path) => locateIn(attributes, path, document),
    };
    return {
      address: written.key,
      type,
      name: written.key,
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
  readonly written: Entry;
  readonly node: Node;
  readonly possible: boolean;
}
