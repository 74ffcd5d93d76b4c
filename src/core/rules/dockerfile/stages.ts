/** A Dockerfile as its rules look at it: stages, instructions, and the commands that they run. */
import type { Severity } from "../../model/finding.ts";
import type { FixOperation, FixRisk } from "../../model/patch.ts";
import { isList, isObject, type Value } from "../../model/value.ts";
import type { Command } from "../../read/dockerfile/shell.ts";
import { type Example, type Rule, rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, type Verdict } from "../verdict.ts";
import type { Block, View } from "../view.ts";

export const stagesOf = (view: View): readonly Block[] => view.blocks("stages").items;

export const instructionsOf = (stage: Block, ...keywords: readonly string[]): readonly Block[] =>
  stage
    .blocks("instructions")
    .items.filter((item) => keywords.length === 0 || keywords.includes(item.text("instruction") ?? ""));

export const allInstructions = (view: View, ...keywords: readonly string[]): readonly Block[] =>
  stagesOf(view).flatMap((stage) => instructionsOf(stage, ...keywords));

/** The simple commands that RUN runs, as the reader took them apart. */
export function commandsIn(instruction: Block): readonly Command[] {
  const found = instruction.get("commands");
  return found.kind === "value" && isList(found.value) ? found.value.filter(isCommand) : [];
}

const isCommand = (value: Value): value is Value & Command =>
  isObject(value) && isList(value.words) && isObject(value.environment);

/** Names and values that ENV or ARG sets. */
export function pairsIn(instruction: Block): readonly (readonly [string, string])[] {
  const found = instruction.get("pairs");
  if (found.kind !== "value" || !isObject(found.value)) return [];
  return Object.entries(found.value).map(([name, value]) => [name, value === null ? "" : String(value)]);
}

/** The stages that the final one is built on, itself last: `FROM build` carries over user, environment and the rest. */
export function finalChain(view: View): readonly Block[] {
  const stages = stagesOf(view);
  const chain: Block[] = [];
  let at = stages.at(-1);
  while (at && !chain.includes(at)) {
    chain.unshift(at);
    const parent = at.text("stage");
    const index = stages.indexOf(at);
    at =
      parent === undefined
        ? undefined
        : stages
            .slice(0, index)
            .findLast((stage, i) => stage.text("name")?.toLowerCase() === parent || String(i) === parent);
  }
  return chain;
}

export interface DockerRule {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly severity: Severity;
  readonly category?: "security" | "reliability" | "cost";
  readonly profile?: "default" | "strict";
  readonly why: string;
  readonly remedy: string;
  check(view: View): Verdict;
  readonly fix?: { readonly risk: FixRisk; readonly edit: (view: View) => readonly FixOperation[] | string };
  readonly bad: string;
  readonly good: string;
}

export const dockerRule = ({ bad, good, category = "security", ...source }: DockerRule): Rule =>
  rule({ ...source, category, on: "dockerfile", bad: dockerfile(bad), good: dockerfile(good) });

const dockerfile = (text: string): Example => ({ files: { Dockerfile: `${text.trim()}\n` } });

/** Path of an instruction's text: what a finding shows. */
export const textOf = (instruction: Block): string => `${instruction.path}.text`;

/** Fails on the first instruction that `problem` has a sentence about. None of that kind: not applicable. */
export function noInstruction(
  instructions: readonly Block[],
  problem: (instruction: Block) => string | undefined,
): Verdict {
  return allOf(
    instructions.map((instruction): Verdict => {
      const message = problem(instruction);
      return message === undefined ? pass(textOf(instruction)) : fail(textOf(instruction), message);
    }),
  );
}

/** A rule about what is run: no command may be `matches`. */
export interface CommandRule extends Omit<DockerRule, "check" | "fix" | "bad" | "good"> {
  readonly message: string;
  matches(command: Command): boolean;
  /** Turns the text of an instruction that fails into one that passes. */
  readonly rewrite?: { readonly risk: FixRisk; readonly text: (text: string) => string };
  readonly bad: string;
  readonly good: string;
}

export function commandRule({ matches, message, rewrite, bad, good, ...source }: CommandRule): Rule {
  const fails = (instruction: Block): boolean => commandsIn(instruction).some(matches);
  const runs = (view: View): readonly Block[] => allInstructions(view, "RUN");
  return dockerRule({
    ...source,
    check: (view) =>
      runs(view).length === 0 ? notApplicable : noInstruction(runs(view), (run) => (fails(run) ? message : undefined)),
    ...(rewrite && {
      fix: { risk: rewrite.risk, edit: (view: View) => rewriteText(runs(view).filter(fails), rewrite.text) },
    }),
    bad: `FROM registry.example.com/base:1.2\nRUN ${bad}`,
    good: `FROM registry.example.com/base:1.2\nRUN ${good}`,
  });
}

/** Operations that set instructions to a new text. */
export const rewriteText = (
  instructions: readonly Block[],
  rewrite: (text: string) => string,
): readonly FixOperation[] | string => {
  const operations = instructions.flatMap((instruction): readonly FixOperation[] => {
    const text = instruction.text("text") ?? "";
    const rewritten = rewrite(text);
    return rewritten === text ? [] : [{ op: "set", path: instruction.path, value: rewritten }];
  });
  return operations.length > 0 ? operations : "The instruction is written in a way that cannot be changed safely.";
};
