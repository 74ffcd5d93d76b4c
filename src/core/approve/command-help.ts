/** What Draco answers to `/draco help`, made from the grammar. */
import { type Flag, GRAMMAR, type TargetKind, VERB_NAMES, type Verb, type VerbName } from "./grammar.ts";

/** Markdown: all verbs, or one in full. */
export function helpText(verb?: VerbName): string {
  if (verb === undefined) {
    const rows = VERB_NAMES.map((name) => `| \`/draco ${usage(GRAMMAR[name])}\` | ${GRAMMAR[name].summary} |`);
    return ["| Say | And Draco |", "| --- | --- |", ...rows].join("\n");
  }
  const { summary, flags, permission, example } = GRAMMAR[verb];
  return [
    `**\`/draco ${usage(GRAMMAR[verb])}\`**`,
    "",
    summary,
    "",
    ...flags.map((flag) => `- \`${flagUsage(flag)}\`${flag.required ? " (required)" : ""}: ${flag.summary}`),
    `- Needs ${permission} permission on this repository, and what the policy asks for.`,
    "",
    `For example: \`${example}\``,
  ].join("\n");
}

const TARGET_USAGE: { readonly [Kind in TargetKind]: string } = {
  verb: "verb",
  plan: "plan:ID",
  finding: "finding:ID",
  all: "all",
};

/** How a verb is written, without a "|" that would end a cell of a table. */
function usage(verb: Verb): string {
  const targets = verb.targets.map((kind) => TARGET_USAGE[kind]).join(" or ");
  const target = verb.needsTarget ? targets : `[${targets}]`;
  const flags = verb.flags.map((flag) => (flag.required ? flagUsage(flag) : `[${flagUsage(flag)}]`));
  return [verb.name, ...(targets === "" ? [] : [target]), ...flags].join(" ");
}

const flagUsage = (flag: Flag): string => (flag.value === undefined ? `--${flag.name}` : `--${flag.name}="…"`);
