import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type CommandLine, parseCommands, surplusCommands } from "../../../src/core/approve/command.ts";
import { helpText } from "../../../src/core/approve/command-help.ts";
import { GRAMMAR, VERB_NAMES } from "../../../src/core/approve/grammar.ts";

const only = (comment: string): CommandLine | undefined => parseCommands(comment)[0];
const command = (comment: string) => {
  const line = only(comment);
  return line?.ok ? line.command : line?.problem;
};

describe("where a command may stand", () => {
  it.each([
    ["at the start of a line", "Looks good.\n/draco approve plan:7F3K9Q", 2],
    ["after Windows line ends", "Hi\r\n\r\n/draco status", 3],
    ["after a closed fence", "```\n/draco deny\n```\n/draco status", 4],
    ["after a quote that a blank line ended", "> /draco deny\n\n/draco status", 3],
    ["after a longer fence", "````\n```\n/draco deny\n````\n/draco status", 5],
    ["with white space behind it", "/draco status   ", 1],
    ["in capitals", "/DRACO Status", 1],
  ])("is %s", (_, comment, line) => {
    const lines = parseCommands(comment);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ ok: true, line });
  });

  it.each([
    ["in the middle of a line", "please /draco approve"],
    ["indented", "    /draco approve"],
    ["behind one space", " /draco approve"],
    ["inside a fence", "```sh\n/draco approve\n```"],
    ["inside a fence of tildes", "~~~\n/draco approve\n~~~"],
    ["inside a fence that is never closed", "```\n/draco approve"],
    ["inside a fence that only looks closed", "````\n```\n/draco approve"],
    ["in a quote", "> /draco approve"],
    ["in the lazy continuation of a quote", "> as he said\n/draco approve"],
    ["inside an HTML comment", "<!--\n/draco approve\n-->"],
    ["part of another word", "/dracon approve"],
    ["part of a path", "/draco/approve"],
    ["in back ticks", "`/draco approve`"],
    ["addressed to another bot", "@someone approve"],
  ])("is never %s", (_, comment) => {
    expect(parseCommands(comment, "draco-bot")).toEqual([]);
  });

  it("can be addressed to the bot by name", () => {
    expect(parseCommands("@Draco-Bot status", "draco-bot")).toMatchObject([{ ok: true, command: { verb: "status" } }]);
    expect(parseCommands("@draco-bot status")).toEqual([]);
  });

  it("is one of five at most; the rest is counted, not read", () => {
    const comment = Array(8).fill("/draco status").join("\n");
    expect(parseCommands(comment)).toHaveLength(5);
    expect(surplusCommands(comment)).toBe(3);
  });

  it("is never found in text that quotes every line", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("/draco approve", "text", "```", "<!--", "~~~ x", "")), (lines) => {
        expect(parseCommands(lines.map((line) => `> ${line}`).join("\n"))).toEqual([]);
      }),
    );
  });
});

describe("what a command says", () => {
  it("names targets and flags", () => {
    expect(command('/draco deny plan:7f3k9q --reason="breaks the nightly job, twice"')).toEqual({
      verb: "deny",
      targets: [{ kind: "plan", value: "7F3K9Q" }],
      flags: { reason: "breaks the nightly job, twice" },
    });
    expect(command("/draco fix finding:3F9A2C1E,finding:00aa11bb")).toEqual({
      verb: "fix",
      targets: [
        { kind: "finding", value: "3f9a2c1e" },
        { kind: "finding", value: "00aa11bb" },
      ],
      flags: {},
    });
    expect(command("/draco deny --reason=“typed on a phone”")).toMatchObject({ flags: { reason: "typed on a phone" } });
    expect(command("/draco")).toMatchObject({ verb: "help" });
  });

  it("suggests what was probably meant, and never does it", () => {
    expect(only("/draco aprove plan:7F3K9Q")).toMatchObject({
      ok: false,
      problem: 'There is no command "aprove". Did you mean "approve"?',
      suggestion: "/draco approve plan:7F3K9Q",
    });
    expect(command("/draco deny --raeson=x")).toBe('There is no flag "--raeson" here. Did you mean "--reason"?');
    expect(command("/draco florble")).toBe('There is no command "florble".');
  });

  it.each([
    ["/draco approve plan:7F3K9", '"plan:7F3K9" is not understood.'],
    ["/draco approve plan:7F3K9I", '"plan:7F3K9I" is not understood.'],
    ["/draco approve everything", '"everything" is not understood.'],
    ["/draco approve all", '"all" is not understood.'],
    ["/draco approve please", '"please" is not understood.'],
    ["/draco plan project:live", '"project:live" is not understood.'],
    ["/draco rollback plan:7F3K9Q", 'There is no command "rollback".'],
    ["/draco waive finding:3f9a2c1e", 'There is no command "waive".'],
    ["/draco scan, now", 'There is no command "scan,"'],
    ["/draco deny plan:7F3K9Q", "`deny` needs --reason."],
    ["/draco deny --reason=", "--reason needs a value."],
    ["/draco deny --reason", "--reason needs a value."],
    ["/draco deny --reason=a --reason=b", "--reason is there twice."],
    ["/draco fix", "`fix` must say of what"],
    ["/draco fix all --draft", 'There is no flag "--draft" here.'],
    ['/draco deny --reason="open', "A quotation mark is not closed."],
    [`/draco deny --reason=${"x".repeat(600)}`, "at most 500 characters"],
    ["/draco pause --scope=all", 'There is no flag "--scope" here.'],
  ])("is refused: %s", (comment, problem) => {
    expect(only(comment)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });

  it("never throws, whatever is written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const lines = parseCommands(`/draco ${text}\n${text}`);
        expect(lines.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe("help", () => {
  it("tells every verb, and every example in it is understood", () => {
    for (const verb of VERB_NAMES) {
      expect(helpText()).toContain(`/draco ${verb}`);
      expect(only(GRAMMAR[verb].example)).toMatchObject({ ok: true, command: { verb } });
      for (const flag of GRAMMAR[verb].flags) expect(helpText(verb)).toContain(`--${flag.name}`);
    }
  });
});
