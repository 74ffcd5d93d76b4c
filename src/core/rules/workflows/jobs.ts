/** A workflow or composite action as its rules look at it: events, jobs, steps, and the expressions in them. */
import { isList, isObject, type Value } from "../../model/value.ts";
import type { Block, View } from "../view.ts";

export interface Step {
  readonly block: Block;
  /** The job it belongs to; absent in a composite action. */
  readonly job?: Block;
}

export const WORKFLOWS: readonly string[] = ["github_workflow", "github_action"];

/** Children of an object as blocks, with their keys. */
export function children(parent: Block, path: string): readonly { readonly key: string; readonly block: Block }[] {
  const found = parent.get(path);
  if (found.kind !== "value" || !isObject(found.value)) return [];
  return Object.keys(found.value).flatMap((key) => {
    const block = parent.blocks(path).items[0];
    const child = block && childOf(block, key);
    return child ? [{ key, block: child }] : [];
  });
}

function childOf(parent: Block, key: string): Block | undefined {
  // Job names hold no dots, event names neither: a dotted path is safe here.
  return parent.blocks(key).items[0];
}

export const jobsOf = (view: View): readonly { readonly key: string; readonly block: Block }[] =>
  children(view, "jobs");

export function stepsOf(view: View): readonly Step[] {
  const own = view.blocks("runs.steps").items.map((block): Step => ({ block }));
  return [
    ...jobsOf(view).flatMap(({ block: job }) => job.blocks("steps").items.map((block): Step => ({ block, job }))),
    ...own,
  ];
}

export const hasEvent = (view: View, ...events: readonly string[]): string | undefined =>
  events.find((event) => view.get(`on.${event}`).kind !== "absent");

/** Every text in a value, with its path. */
export function* textsIn(value: Value | undefined, path: string): Generator<readonly [string, string]> {
  if (typeof value === "string") yield [path, value];
  else if (isList(value)) for (const [index, item] of value.entries()) yield* textsIn(item, `${path}.${index}`);
  else if (isObject(value ?? null)) {
    for (const [key, item] of Object.entries(value as { [key: string]: Value }))
      yield* textsIn(item, path === "" ? key : `${path}.${key}`);
  }
}

/** The insides of every ${{ … }} of a text. */
export function expressionsIn(text: string): readonly string[] {
  const found: string[] = [];
  for (let open = text.indexOf("${{"); open !== -1; open = text.indexOf("${{", open + 3)) {
    const close = text.indexOf("}}", open);
    if (close === -1) break;
    found.push(text.slice(open + 3, close).trim());
  }
  return found;
}

/**
 * An expression's context paths, in one spelling: github['event'].issue.title and github.event.issue["title"] become
 * github.event.issue.title. Text inside quotes that is no index is left out.
 */
export function pathsIn(expression: string): readonly string[] {
  const normal = expression
    .replace(
      /\[\s*'([^'\]]*)'\s*\]|\[\s*"([^"\]]*)"\s*\]/g,
      (_all, single?: string, double?: string) => `.${single ?? double ?? ""}`,
    )
    .replace(/\[\s*(\d+|\*)\s*\]/g, ".$1")
    .replace(/'(?:[^']|'')*'/g, "''");
  return [...normal.matchAll(/[A-Za-z_][\w-]*(?:\.(?:[\w-]+|\*))*/g)].map((match) => match[0].toLowerCase());
}

/** Paths that whoever opens an issue, a pull request or a discussion writes himself. */
const WRITTEN_BY_ANYONE: readonly RegExp[] = [
  /^github\.event\.(?:issue|pull_request|discussion|comment|review|review_comment)\.(?:title|body)$/,
  /^github\.event\.(?:comment|review|review_comment|discussion_comment)\.body$/,
  /^github\.event\.pull_request\.head\.(?:ref|label)$/,
  /^github\.event\.pull_request\.head\.repo\.(?:default_branch|description|homepage)$/,
  /^github\.event\.(?:pages|commits)\.(?:\*|\d+)\.(?:page_name|message|author\.(?:email|name)|committer\.(?:email|name))$/,
  /^github\.event\.head_commit\.(?:message|author\.(?:email|name)|committer\.(?:email|name))$/,
  /^github\.event\.workflow_run\.(?:head_branch|display_title|head_commit\.(?:message|author\.(?:email|name)))$/,
  /^github\.event\.workflow_run\.head_repository\.description$/,
  /^github\.event\.workflow_run\.pull_requests\.(?:\*|\d+)\.head\.ref$/,
  /^github\.(?:head_ref)$/,
];

/** Whole objects that hold such texts: toJSON(github.event) and the like. */
const HOLDERS: readonly RegExp[] = [
  /^github$/,
  /^github\.event$/,
  /^github\.event\.(?:issue|pull_request|comment|review|discussion|head_commit|commits|pages|workflow_run)$/,
  /^github\.event\.pull_request\.head$/,
];

/** The path in an expression that carries text of an outsider; undefined where there is none. */
export function outsiderText(expression: string): string | undefined {
  const paths = pathsIn(expression);
  const direct = paths.find((path) => WRITTEN_BY_ANYONE.some((pattern) => pattern.test(path)));
  if (direct) return direct;
  return /\btojson\s*\(/i.test(expression)
    ? paths.find((path) => HOLDERS.some((pattern) => pattern.test(path)))
    : undefined;
}

/** "owner/repo/path@ref" taken apart; undefined for local paths and images. */
export function actionOf(
  uses: string,
): { readonly owner: string; readonly name: string; readonly ref: string } | undefined {
  const match = /^([\w.-]+)\/([\w./-]+)@(.+)$/.exec(uses.trim());
  return match?.[1] ? { owner: match[1], name: `${match[1]}/${match[2]}`, ref: match[3] ?? "" } : undefined;
}

/** The repository of an action without a path inside it. */
export const repositoryOf = (name: string): string => name.split("/").slice(0, 2).join("/").toLowerCase();
