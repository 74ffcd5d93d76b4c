/**
 * Runs a parsed pattern over a text by following all alternatives at once (Pike's machine), so that time is bounded by
 * pattern × text, whatever the pattern. The match is the one a backtracking engine would find first, as in RE2.
 */
import type { Assertion, Node, Pattern } from "./regex-tree.ts";

type Step =
  | { readonly op: "char"; readonly test: (code: number) => boolean; readonly next: number }
  | { readonly op: "split"; readonly first: number; readonly second: number }
  | { readonly op: "save"; readonly slot: number; readonly next: number }
  | { readonly op: "at"; readonly where: Assertion; readonly next: number }
  | { readonly op: "match" };

export interface Program {
  readonly steps: readonly Step[];
  readonly start: number;
  readonly slots: number;
}

const MOST_STEPS = 50_000;
const MOST_WORK = 30_000_000;

/** Undefined for a pattern too large to run. */
export function compile(pattern: Pattern): Program | undefined {
  // Built from the end to the start: each part knows where to go on to.
  const steps: Step[] = [{ op: "match" }];
  const push = (step: Step): number => steps.push(step) - 1;
  const tooLarge = (): boolean => steps.length > MOST_STEPS;

  function emit(node: Node, next: number): number {
    if (tooLarge()) return next;
    switch (node.kind) {
      case "class":
        return push({ op: "char", test: node.test, next });
      case "at":
        return push({ op: "at", where: node.where, next });
      case "sequence":
        return node.parts.reduceRight((after, part) => emit(part, after), next);
      case "either":
        return node.parts
          .map((part) => emit(part, next))
          .reduceRight((second, first) => push({ op: "split", first, second }));
      case "group": {
        const close = push({ op: "save", slot: node.index * 2 + 1, next });
        return push({ op: "save", slot: node.index * 2, next: emit(node.of, close) });
      }
      case "repeat":
        return emitRepeat(node, next);
    }
  }

  function emitRepeat(node: Node & { readonly kind: "repeat" }, next: number): number {
    const choice = (body: number, skip: number): number =>
      push(node.greedy ? { op: "split", first: body, second: skip } : { op: "split", first: skip, second: body });
    let after = next;
    if (node.max === Number.POSITIVE_INFINITY) {
      const loop = push({ op: "match" });
      const body = emit(node.of, loop);
      steps[loop] = node.greedy
        ? { op: "split", first: body, second: next }
        : { op: "split", first: next, second: body };
      // A body that can match nothing is entered once before the loop, so that its groups are set.
      if (node.min > 0) after = body;
      else after = canBeEmpty(node.of) ? choice(body, next) : loop;
      for (let i = 1; i < node.min && !tooLarge(); i++) after = emit(node.of, after);
      return after;
    }
    for (let i = node.min; i < node.max && !tooLarge(); i++) after = choice(emit(node.of, after), next);
    for (let i = 0; i < node.min && !tooLarge(); i++) after = emit(node.of, after);
    return after;
  }

  const close = push({ op: "save", slot: 1, next: 0 });
  const start = push({ op: "save", slot: 0, next: emit(pattern.root, close) });
  return tooLarge() ? undefined : { steps, start, slots: 2 * (pattern.groups.length + 1) };
}

function canBeEmpty(node: Node): boolean {
  if (node.kind === "class") return false;
  if (node.kind === "at") return true;
  if (node.kind === "group") return canBeEmpty(node.of);
  if (node.kind === "repeat") return node.min === 0 || canBeEmpty(node.of);
  return node.kind === "either" ? node.parts.some(canBeEmpty) : node.parts.every(canBeEmpty);
}

/** Work done so far, shared by all searches of one call. */
export interface Effort {
  spent: number;
}

export const exhausted = (effort: Effort): boolean => effort.spent > MOST_WORK;

/** Positions (in code points) of the whole match and of each group, -1 where a group did not take part. */
export type Match = readonly number[];

/** The first match at or after `from`; undefined where there is none, or the effort is exhausted. */
export function search(program: Program, codes: readonly number[], from: number, effort: Effort): Match | undefined {
  const { steps } = program;
  let found: Match | undefined;
  let threads: Thread[] = [];
  let following: Thread[] = [];
  const seen = new Int32Array(steps.length).fill(-1);
  const blank: Match = new Array<number>(program.slots).fill(-1);
  const stack: Thread[] = [];

  /** Adds all threads that can be reached from here without reading a character, best first. */
  function add(list: Thread[], thread: Thread, at: number): void {
    stack.push(thread);
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (seen[top.step] === at) continue;
      seen[top.step] = at;
      effort.spent += 1;
      const step = steps[top.step] as Step;
      if (step.op === "split") {
        stack.push({ step: step.second, saved: top.saved }, { step: step.first, saved: top.saved });
      } else if (step.op === "save") {
        const saved = [...top.saved];
        saved[step.slot] = at;
        effort.spent += saved.length;
        stack.push({ step: step.next, saved });
      } else if (step.op === "at") {
        if (holds(step.where, codes, at)) stack.push({ step: step.next, saved: top.saved });
      } else list.push(top);
    }
  }

  for (let at = from; at <= codes.length; at++) {
    if (found === undefined) add(threads, { step: program.start, saved: blank }, at);
    if (threads.length === 0 && found !== undefined) break;
    const code = codes[at];
    for (const thread of threads) {
      const step = steps[thread.step] as Step;
      if (step.op === "match") {
        found = thread.saved;
        break; // What comes after is of lower priority.
      }
      if (step.op === "char" && code !== undefined && step.test(code))
        add(following, { step: step.next, saved: thread.saved }, at + 1);
    }
    effort.spent += threads.length;
    if (exhausted(effort)) return undefined;
    [threads, following] = [following, threads];
    following.length = 0;
  }
  return found;
}

interface Thread {
  readonly step: number;
  readonly saved: Match;
}

const isWord = (code: number | undefined): boolean =>
  code !== undefined &&
  ((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122));

function holds(where: Assertion, codes: readonly number[], at: number): boolean {
  switch (where) {
    case "text start":
      return at === 0;
    case "text end":
      return at === codes.length;
    case "line start":
      return at === 0 || codes[at - 1] === 10;
    case "line end":
      return at === codes.length || codes[at] === 10;
    default:
      return (isWord(codes[at - 1]) !== isWord(codes[at])) === (where === "boundary");
  }
}
