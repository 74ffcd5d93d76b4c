import { describe, expect, it } from "@jest/globals";
import { parseHclTemplate } from "../../../../src/core/read/hcl/parse.ts";
import { errorsOf, parseText, print, printValue } from "./print.ts";

const value = (lines: readonly string[], eol = "\n"): string => {
  const file = parseText(`x = ${lines.join(eol)}${eol}`);
  expect(file.diagnostics).toEqual([]);
  const item = file.body.items[0];
  return item?.kind === "attribute" ? print(item.value) : "no attribute";
};

describe("HCL quoted templates", () => {
  it("decode escapes", () => {
    expect(printValue('"a\\n\\t\\r\\"\\\\"')).toBe(JSON.stringify('a\n\t\r"\\'));
    expect(printValue('"\\u00e9 \\U0001F600"')).toBe(JSON.stringify("é 😀"));
    expect(printValue('"\\ud83d"')).toBe(JSON.stringify("\ufffd"));
    expect(printValue('"ЖЖ 👩‍👩‍👧‍👦"')).toBe(JSON.stringify("ЖЖ 👩‍👩‍👧‍👦"));
  });

  it("normalise to NFC, as HCL does", () => {
    expect(printValue('"an\u0303os"')).toBe(JSON.stringify("a\u00f1os"));
    expect(printValue('"n\\u0303"')).toBe(JSON.stringify("\u00f1"));
  });

  // Values taken from terraform 1.11.
  it("tell escaped delimiters from real ones", () => {
    expect(printValue('"a$${b}c"')).toBe('"a${b}c"');
    expect(printValue('"$$${1}"')).toBe('"$${1}"');
    expect(printValue('"$$$${1}"')).toBe('"$$${1}"');
    expect(printValue('"$$ %% $ {"')).toBe('"$$ %% $ {"');
    expect(printValue('"%%%{if true}x%{if true}y%{endif}"')).toBe('"%%{if true}x"+%{if true "y"}');
    expect(printValue('"$${"')).toBe('"${"');
  });

  it("hold expressions, also nested and over several lines", () => {
    expect(printValue('"a${b}c"')).toBe('"a"+${b}+"c"');
    expect(printValue('"${a["k"]}${f("${b}")}"')).toBe('${(index a "k")}+${(call f ${b})}');
    expect(printValue('"${\n  a\n}"')).toBe("${a}");
    expect(printValue('"${{ a = 1 }}"')).toBe("${{a=1}}");
  });

  it("strip white space at ~", () => {
    expect(printValue('"a  ${~ b ~}  c"')).toBe('"a"+${b}+"c"');
    expect(printValue('"a ${~ b} c"')).toBe('"a"+${b}+" c"');
  });

  it("nest directives", () => {
    expect(printValue('"%{ if a }x%{ else }y%{ endif }z"')).toBe('%{if a "x" else "y"}+"z"');
    expect(printValue('"%{ for k, v in m }${k}%{ if v }!%{ endif }%{ endfor }"')).toBe('%{for k,v m ${k}+%{if v "!"}}');
  });

  it("say what is wrong with a directive", () => {
    expect(errorsOf('x = "%{ if a }b"\n')).toEqual(["1:6 Unclosed template directive"]);
    expect(errorsOf('x = "%{ endif }"\n')).toEqual(["1:6 Unexpected endif directive"]);
    expect(errorsOf('x = "%{ while }"\n')).toEqual(["1:9 Invalid template directive"]);
    expect(errorsOf('x = "%{ if a }%{ else }%{ else }%{ endif }"\n')).toEqual(["1:24 Unexpected else directive"]);
  });
});

describe("HCL heredocs", () => {
  it("keep their text and line breaks", () => {
    expect(value(["<<EOT", "  a \\n $${x} %%{y}", "", "b ${c}", "  EOT"])).toBe(
      `<<${JSON.stringify("  a \\n ${x} %{y}\n\nb ")}+\${c}+"\\n"`,
    );
    expect(value(["<<EOT", "EOT"])).toBe('<<""');
    expect(value(["<<EOT", "    NOT EOT", "  EOT"])).toBe('<<"    NOT EOT\\n"');
    expect(value(["<<EOT", "foo", "  bar", "EOT"], "\r\n")).toBe('<<"foo\\r\\n  bar\\r\\n"');
  });

  it("take off common indentation with <<-", () => {
    expect(value(["<<-EOT", "    Foo", "      Bar", "    Baz", "  EOT"])).toBe('<<"Foo\\n  Bar\\nBaz\\n"');
    expect(value(["<<-EOT", "    Foo", "  Bar", "  EOT"])).toBe('<<"  Foo\\nBar\\n"');
    expect(value(["<<-EOT", "    Foo", "", "    Bar", "  EOT"])).toBe('<<"Foo\\n\\nBar\\n"');
    expect(value(["<<-EOT", "\tFoo", "  Bar", "  EOT"])).toBe('<<"Foo\\n Bar\\n"');
    expect(value(["<<-EOT", "    Foo", "      ${bar}", "  EOT"])).toBe('<<"Foo\\n  "+${bar}+"\\n"');
    expect(value(["<<-EOT", "    Foo", "${bar}", "  EOT"])).toBe('<<"    Foo\\n"+${bar}+"\\n"');
    expect(value(["<<-EOT", "    foo", "", "      bar", "  EOT"], "\r\n")).toBe('<<"foo\\r\\n\\r\\n  bar\\r\\n"');
  });

  // Terraform 1.11 evaluates this to "       line 1\n\n…\n\n  after\n": ~ eats one line break, and what it touches no
  // longer counts as the start of a line.
  it("strip line by line before they take off indentation", () => {
    const lines = [
      "<<-EOT",
      "    %{ for x in xs ~}",
      "       line ${x}",
      "",
      "    %{ endfor ~}",
      "",
      "      after",
      "    EOT",
    ];
    expect(value(lines)).toBe('<<""+%{for x xs "       line "+${x}+"\\n\\n"}+"\\n  after\\n"');
  });

  it("end where only the marker stands on a line, and continue the expression behind it", () => {
    expect(value(["[<<A", "a", "A", ", 1]"])).toBe('[<<"a\\n" 1]');
    expect(value(["{", "  a = <<A", "t", "A", "  b = 1", "}"])).toBe('{a=<<"t\\n" b=1}');
  });

  it("say where they begin when they never end", () => {
    expect(errorsOf("x = <<EOT\nabc\n")).toEqual(["1:5 Unterminated heredoc"]);
    expect(errorsOf("x = <<\n")).toEqual(["1:5 Invalid heredoc"]);
  });
});

describe("bare templates", () => {
  it("are read as templatefile() reads them", () => {
    // Terraform 1.11: "A 1\n   x\n     y\\n ${q}\n"
    const text = "A ${1 ~}\n\n   x\n  %{ if true ~}  \n   y\n%{~ endif }\\n $${q}\n";
    const { template, diagnostics } = parseHclTemplate(new TextEncoder().encode(text), "x.tpl");
    expect(diagnostics).toEqual([]);
    expect(print(template)).toBe('"A "+${1}+"\\n   x\\n  "+%{if true "   y"}+"\\\\n ${q}\\n"');
  });
});
