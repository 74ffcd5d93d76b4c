/**
 * Marks results that somebody chose not to act on: by a comment, an annotation, or a waiver. Nothing is dropped: a
 * suppressed result keeps its reason, and comes back when the suppression expires.
 */
import type { Diagnostic, Suppression } from "../model/finding.ts";
import type { CodeOrigin, Resource } from "../model/resource.ts";
import type { SourceRange } from "../model/source-range.ts";
import { isList, isObject, type Value } from "../model/value.ts";
import { matchesPath } from "../read/globs.ts";
import type { Reading } from "../read/reading.ts";
import { type Directive, readDirectives } from "./directives.ts";
import { type Judgement, joinPath } from "./engine.ts";
import { withoutKeys } from "./estate.ts";
import { once } from "./once.ts";
import type { Rule } from "./rule.ts";
import { parentOf } from "./sightings.ts";

/** A decision written in `.github/draco.yml`. */
export interface Waiver {
  readonly rule: string;
  /** Glob over paths from the repository's root. */
  readonly path?: string | undefined;
  /** Address, with or without instance keys; "*" stands for anything. */
  readonly address?: string | undefined;
  readonly reason: string;
  readonly owner?: string | undefined;
  /** ISO date, inclusive. */
  readonly until?: string | undefined;
}

export interface SuppressOptions {
  readonly reading: Pick<Reading, "stacks" | "comments">;
  readonly rules: readonly Rule[];
  /** ISO date. */
  readonly today: string;
  readonly linesOf: (file: string) => readonly string[] | undefined;
  readonly waivers?: readonly Waiver[];
  /** Path of the scan root in its repository, which waivers' paths count from. */
  readonly repositoryPath?: string;
}

export interface Suppressed {
  readonly results: readonly Judgement[];
  readonly diagnostics: readonly Diagnostic[];
}

export function suppress(results: readonly Judgement[], options: SuppressOptions): Suppressed {
  const { directives, diagnostics } = readDirectives(options.reading.comments, options.linesOf);
  const byFile = groupBy(
    directives.map((d) => ({ ...d, ids: d.ids.map(plainId) })),
    (d) => d.at.file,
  );
  const named = new Map(options.rules.map((rule) => [rule.id, [rule.id, ...rule.aliases].map(plainId)]));
  const calls = byFile.size === 0 ? new Map<string, Resource>() : moduleCalls(options.reading);
  const skips = new Map<Resource, readonly Skip[]>();
  const expired = new Map<string, Diagnostic>();

  const marked = results.map((result) => {
    if (result.status !== "fail") return result;
    const names = named.get(result.rule) ?? [plainId(result.rule)];
    const { resource } = result.view;
    const candidates = [
      ...(byFile.size === 0 ? [] : commentsOn(result, names, byFile, calls)),
      ...annotationsOn(once(skips, resource, skipsOf), names),
      ...waiversOn(result, names, options),
    ];
    const current = candidates.find((s) => s.until === undefined || s.until >= options.today);
    if (current) return { ...result, suppressed: current };
    for (const past of candidates) noteExpiry(expired, result, past);
    return result;
  });
  return {
    results: marked,
    diagnostics: [...diagnostics, ...unknownIds(directives, named), ...expired.values()],
  };
}

/** A block of code that a comment can stand at: the resource's own, or a module call it comes through. */
interface ScopeBlock {
  readonly origin: CodeOrigin;
  readonly resource: Resource;
  /** Ranges that the finding lies in, inside the block: the attribute, then the blocks around it. */
  readonly places: () => readonly SourceRange[];
  readonly at?: SourceRange;
}

function commentsOn(
  result: Judgement,
  names: readonly string[],
  byFile: ReadonlyMap<string, readonly Directive[]>,
  calls: ReadonlyMap<string, Resource>,
): readonly Suppression[] {
  const found: Suppression[] = [];
  for (const scope of scopesOf(result, calls))
    for (const d of byFile.get(scope.origin.range.file) ?? []) {
      if (!d.ids.some((id) => names.some((name) => globMatches(id, name)))) continue;
      if (!d.where.every(({ path, text }) => String(attribute(scope.resource.attributes, path)) === text)) continue;
      if (!reaches(d, scope)) continue;
      found.push({ by: "comment", reason: d.reason, at: d.at, ...(d.until !== undefined && { until: d.until }) });
    }
  return found;
}

function scopesOf(result: Judgement, calls: ReadonlyMap<string, Resource>): readonly ScopeBlock[] {
  const { resource } = result.view;
  const { origin } = resource;
  const scopes: ScopeBlock[] = [];
  if (origin.kind === "code") {
    const places = (): readonly SourceRange[] => placesOf(origin, result.evidence.path);
    scopes.push({ origin, resource, places, ...("file" in result.at && { at: result.at }) });
  }
  for (let address = resource.module; address !== ""; address = parentModule(address)) {
    const call = calls.get(callKey(result.stack, address)) ?? calls.get(callKey(result.stack, withoutKeys(address)));
    if (call?.origin.kind === "code") scopes.push({ origin: call.origin, resource: call, places: () => [] });
  }
  return scopes;
}

/** Where a dotted path is written, and each of the blocks around it. */
function placesOf(origin: CodeOrigin, from: string): readonly SourceRange[] {
  const places: SourceRange[] = [];
  for (let path = from; path !== ""; path = parentOf(path)) {
    const range = origin.locate(path)?.range;
    if (range) places.push(range);
  }
  return places;
}

function reaches(directive: Directive, scope: ScopeBlock): boolean {
  const { range, header } = scope.origin;
  switch (directive.scope) {
    case "file":
      return true;
    case "enclosing":
      return directive.at.start >= range.start && directive.at.end <= range.end;
    case "line":
      return scope.at?.file === range.file && scope.at.line === directive.at.line + 1;
    case "block":
      return directive.targetLine === header.line || startsOn(scope.places(), directive.targetLine);
    case "target":
      return covers(header, directive.targetLine) || startsOn(scope.places(), directive.targetLine);
  }
}

const covers = (range: SourceRange, line: number): boolean => line >= range.line && line <= range.endLine;
const startsOn = (places: readonly SourceRange[], line: number): boolean => places.some((p) => p.line === line);

/** What a resource says of itself: a rule not to ask, and why. */
interface Skip {
  readonly id: string;
  readonly reason: string;
}

/** Kubernetes: metadata.annotations["checkov.io/skip1"]: ID=reason. CloudFormation: Metadata.checkov.skip[].id. */
function skipsOf(resource: Resource): readonly Skip[] {
  const found: Skip[] = [];
  const annotations = only(attribute(resource.attributes, "metadata.annotations"));
  if (isObject(annotations))
    for (const [key, value] of Object.entries(annotations)) {
      if (!/^(?:checkov|draco)\.(?:io|dev)\/skip/.test(key) || typeof value !== "string") continue;
      const equals = value.indexOf("=");
      found.push(
        equals < 0
          ? { id: value.trim(), reason: "" }
          : { id: value.slice(0, equals).trim(), reason: value.slice(equals + 1).trim() },
      );
    }
  for (const tool of ["checkov", "draco"]) {
    const skips = attribute(resource.attributes, `Metadata.${tool}.skip`);
    if (isList(skips))
      for (const skip of skips)
        if (isObject(skip))
          found.push({ id: String(skip.id ?? ""), reason: String(skip.comment ?? skip.reason ?? "") });
  }
  return found.map(({ id, reason }) => ({ id: plainId(id), reason }));
}

const annotationsOn = (skips: readonly Skip[], names: readonly string[]): readonly Suppression[] =>
  skips
    .filter(({ id }) => names.some((name) => globMatches(id, name)))
    .map(({ reason }) => ({ by: "comment", reason: reason || "no reason given" }));

function waiversOn(result: Judgement, names: readonly string[], options: SuppressOptions): readonly Suppression[] {
  const file = "file" in result.at ? joinPath(options.repositoryPath ?? "", result.at.file) : result.at.id;
  return (options.waivers ?? [])
    .filter((w) => names.some((name) => matchesId(w.rule.toLowerCase(), name)))
    .filter((w) => w.path === undefined || matchesPath(w.path, file))
    .filter((w) => {
      if (w.address === undefined) return true;
      const wanted = w.address.toLowerCase();
      const { address } = result.resource;
      return [address, withoutKeys(address)].some((a) => globMatches(wanted, a.toLowerCase()));
    })
    .map((w) => ({
      by: "waiver",
      reason: w.owner ? `${w.reason} (${w.owner})` : w.reason,
      ...(w.until !== undefined && { until: w.until }),
    }));
}

/** Trivy writes AVD-AWS-0092 and AWS-0092 for the same rule. */
const plainId = (id: string): string => id.toLowerCase().replace(/^avd-/, "");
const matchesId = (wanted: string, name: string): boolean => globMatches(plainId(wanted), name);

function globMatches(glob: string, text: string): boolean {
  if (!glob.includes("*")) return glob === text;
  const pattern = glob.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(text);
}

/** @param named every name of each rule. */
function unknownIds(
  directives: readonly Directive[],
  named: ReadonlyMap<string, readonly string[]>,
): readonly Diagnostic[] {
  const speaking = directives.filter(
    (d) => d.scope === "target" && d.ids.some((id) => /^(?:aws|azure|google|gcp|kubernetes|docker)/.test(id)),
  );
  if (speaking.length === 0) return [];
  const known = new Set([...named.values()].flat());
  return speaking.flatMap((d) =>
    d.ids
      .filter((id) => !id.includes("*") && !known.has(plainId(id)) && known.size > 0)
      .map((id) => ({
        severity: "warning" as const,
        summary: `No rule that ran is called "${id}": this comment ignores nothing by that name`,
        file: d.at.file,
        line: d.at.line,
        column: 1,
        range: d.at,
      })),
  );
}

function noteExpiry(expired: Map<string, Diagnostic>, result: Judgement, past: Suppression): void {
  const at = past.at ?? ("file" in result.at ? result.at : undefined);
  if (!at) return;
  expired.set(`${at.file}:${at.line} ${result.rule}`, {
    severity: "warning",
    summary: `The suppression of ${result.rule} expired on ${past.until}`,
    detail: `It said: ${past.reason}`,
    file: at.file,
    line: at.line,
    column: 1,
  });
}

/** Module calls by stack and address, as the reader gives them (type "module"). */
function moduleCalls(reading: Pick<Reading, "stacks">): ReadonlyMap<string, Resource> {
  const calls = new Map<string, Resource>();
  for (const stack of reading.stacks)
    for (const resource of stack.resources)
      if (resource.type === "module") calls.set(callKey(stack.path, resource.address), resource);
  return calls;
}

const callKey = (stack: string, address: string): string => `${stack}\n${address}`;

/** module.a["x"].module.b → module.a["x"] → "" */
function parentModule(address: string): string {
  const last = /(?:^|\.)module\.[^.[\]]+(?:\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\])?$/.exec(address);
  return last ? address.slice(0, last.index) : "";
}

const only = (value: Value | undefined): Value | undefined => (isList(value) ? value[0] : value);

function attribute(attributes: Value, path: string): Value | undefined {
  let value: Value | undefined = attributes;
  for (const part of path.split(".")) {
    value = only(value);
    if (!isObject(value)) return undefined;
    value = value[part];
  }
  return value;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
