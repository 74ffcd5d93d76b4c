import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { GENERATED, renderRuleReference } from "../../../src/core/report/rule-reference.ts";
import { byService, serviceOf } from "../../../src/core/report/rule-service.ts";
import { renderRule, renderRuleList } from "../../../src/core/report/rule-text.ts";
import { visibleLength } from "../../../src/core/report/style.ts";
import { loadAllRules } from "../../../src/core/rules/registry.ts";
import { testRule } from "../../support/resources.ts";

const rules = await loadAllRules();
const pages = renderRuleReference(rules);
const textAt = (path: string): string => pages.find((page) => page.path === path)?.text ?? "";

describe("the rule reference in docs/rules", () => {
  const directory = fileURLToPath(new URL("../../../docs/rules/", import.meta.url));

  it("is what the rules say today (after a change of a rule: npm run docs)", () => {
    const written = readdirSync(directory)
      .filter((name) => name.endsWith(".md"))
      .map((path) => ({ path, text: readFileSync(`${directory}${path}`, "utf8") }))
      .filter(({ text }) => text.startsWith(GENERATED));
    const stale = pages.filter(({ path, text }) => written.find((page) => page.path === path)?.text !== text);
    const orphaned = written.filter(({ path }) => !pages.some((page) => page.path === path));
    expect({ stale: stale.map(({ path }) => path), orphaned: orphaned.map(({ path }) => path) }).toEqual({
      stale: [],
      orphaned: [],
    });
  });
});

describe("renderRuleReference", () => {
  it("explains every rule once, on a page of its service, and lists it in the index", () => {
    const explained = pages.flatMap(({ path, text }) =>
      path === "README.md" ? [] : [...text.matchAll(/^## (.+)$/gm)].map(([, id]) => id),
    );
    expect([...explained].sort()).toEqual(rules.map((rule) => rule.id).sort());
    const listed = [...textAt("README.md").matchAll(/^\| \w+ \| \[([^\]]+)\]/gm)].map(([, id]) => id);
    expect([...listed].sort()).toEqual(rules.map((rule) => rule.id).sort());
  });

  it("has no link that leads nowhere", () => {
    const anchors = new Map(
      pages.map(({ path, text }) => [
        path,
        new Set(
          [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
            heading
              .toLowerCase()
              .replace(/[^\w\s-]/g, "")
              .replaceAll(" ", "-"),
          ),
        ),
      ]),
    );
    const broken = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([\w-]+\.md)?(?:#([^)]+))?\)/g)]
        .filter(([, file = path, anchor]) => {
          if (file === "differences.md") return false;
          const found = anchors.get(file);
          return !found || (anchor !== undefined && !found.has(anchor));
        })
        .map(([link]) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it("does not depend on the order of the rules", () => {
    expect(renderRuleReference([...rules].reverse())).toEqual(pages);
  });

  it("gives all that a rule knows, and escapes what Markdown would read as markup", () => {
    const rule = testRule({
      id: "aws-lambda-star",
      aliases: ["CKV_X_1"],
      title: "Action is * | anything",
      why: "A <script> of `words`.",
      remedy: "Name [each] action.",
      references: ["https://example.com/a"],
      compliance: [{ framework: "SOC 2", control: "CC6.1" }],
      fix: { risk: "disruptive", edit: () => [] },
      bad: { files: { "main.tf": 'x = "```"', "vars.yaml": "a: 1" } },
      good: "resource {}",
    });
    const [index, page] = renderRuleReference([rule]).map(({ text }) => text);
    expect(index).toContain("| [aws-lambda-star](aws-lambda.md#aws-lambda-star) | Action is \\* \\| anything |");
    expect(page).toContain("A \\<script\\> of \\`words\\`.");
    expect(page).toContain("Name \\[each\\] action.");
    expect(page).toContain("| Also known as | CKV_X_1 |");
    expect(page).toContain("| Compliance | SOC 2 CC6.1 |");
    expect(page).toMatch(/\| Fix \| disruptive: .+ \|/);
    expect(page).toContain('Fails (`main.tf`):\n\n````hcl\nx = "```"\n````');
    expect(page).toContain("Fails (`vars.yaml`):\n\n```yaml\na: 1\n```");
    expect(page).toContain("- <https://example.com/a>");
  });
});

describe("serviceOf", () => {
  it("groups by known names of several words, else by the first word", () => {
    expect(serviceOf("aws-security-group-open-ssh")).toEqual({
      key: "aws-security-group",
      title: "AWS security groups",
    });
    expect(serviceOf("aws-rds-public")).toEqual({ key: "aws-rds", title: "AWS RDS" });
    expect(serviceOf("aws-brand-new-thing")).toEqual({ key: "aws-brand", title: "AWS Brand" });
    expect(serviceOf("acme-provider-x")).toEqual({ key: "other-providers", title: "Other providers" });
  });

  it("keeps on one page what goes by one title", () => {
    expect(serviceOf("docker-latest-tag").key).toBe("docker");
    expect(serviceOf("kubernetes-api-server-audit").key).toBe("kubernetes-control-plane");
    expect(serviceOf("kubernetes-latest-tag").key).toBe("kubernetes");
    expect(serviceOf("azure-windows-vm-x")).toEqual(serviceOf("azure-vm-x"));
  });

  it("puts the gravest rules of a service first", () => {
    const ids = byService([
      testRule({ id: "aws-s3-b", severity: "low" }),
      testRule({ id: "aws-s3-c", severity: "critical" }),
      testRule({ id: "aws-s3-a", severity: "low" }),
    ]).flatMap((service) => service.rules.map((rule) => rule.id));
    expect(ids).toEqual(["aws-s3-c", "aws-s3-a", "aws-s3-b"]);
  });
});

describe("rules on a terminal", () => {
  it("fit into 80 columns, but for examples, addresses and words that are longer", () => {
    const list = renderRuleList(rules, { colour: true, width: 80 }).split("\n");
    expect(list.filter((line) => visibleLength(line) > 80)).toEqual([]);
    const prose = rules.flatMap(
      (rule) =>
        renderRule(rule, { colour: false, width: 80 })
          .split("\n\nFails")[0]
          ?.split("\n")
          .filter((line) => line.length > 80 && line.trim().includes(" ")) ?? [],
    );
    expect(prose).toEqual([]);
  });

  it("are one line each where the output is no terminal", () => {
    const lines = renderRuleList(rules, { colour: false, width: 0 }).split("\n");
    expect(lines.filter((line) => /^ {2}(?:low|medium|high|critical) /.test(line))).toHaveLength(rules.length);
    expect(lines.at(-2)).toMatch(/^[\d,]+ rules, \d+ with a fixer$/);
  });
});
