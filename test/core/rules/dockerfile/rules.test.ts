/** What the rules' own examples do not show: stages, shells, here-documents. */
import { describe, expect, it } from "@jest/globals";
import { readDockerfiles } from "../../../../src/core/read/dockerfile/read.ts";
import { commandsOf } from "../../../../src/core/read/dockerfile/shell.ts";
import { dockerfileRules } from "../../../../src/core/rules/dockerfile/index.ts";
import { runRules } from "../../../../src/core/rules/engine.ts";

function verdict(alias: string, text: string): string {
  const { stacks } = readDockerfiles([{ path: "Dockerfile", bytes: new TextEncoder().encode(text) }]);
  const rules = dockerfileRules.filter((rule) => rule.aliases.includes(alias));
  const { results, diagnostics } = runRules({ stacks, rules, keep: "all" });
  expect(diagnostics).toEqual([]);
  return results[0]?.status ?? "not applicable";
}

describe("Dockerfile rules", () => {
  it.each([
    ["USER of an earlier stage that is not built on", "CKV_DOCKER_3", "FROM a:1 AS x\nUSER app\nFROM b:1\n", "fail"],
    ["USER of the stage that is built on", "CKV_DOCKER_3", "FROM a:1 AS x\nUSER app\nFROM X\n", "pass"],
    ["no user at all", "CKV_DOCKER_8", "FROM a:1\n", "not applicable"],
    ["root by number and group", "CKV_DOCKER_8", "FROM a:1\nUSER 0:1000\n", "fail"],
    ["root first, then not", "CKV_DOCKER_8", "FROM a:1\nUSER root\nRUN x\nUSER app\n", "pass"],
    ["scratch", "CKV_DOCKER_7", "FROM scratch\n", "pass"],
    ["a build argument without a default", "CKV_DOCKER_7", "ARG I\nFROM ${I}\n", "unknown"],
    ["a build argument that is latest", "CKV_DOCKER_7", "ARG T=latest\nFROM a:${T}\n", "fail"],
    ["a port of a registry is no tag", "CKV_DOCKER_7", "FROM host:5000/a\n", "fail"],
    ["ADD with a checksum", "CKV_DOCKER_4", "FROM a:1\nADD --checksum=sha256:00 https://example.com/x /x\n", "pass"],
    ["ADD from a URL", "CKV_DOCKER_4", "FROM a:1\nADD https://example.com/x.tar.gz /x\n", "fail"],
    ["a range of ports that holds 22", "CKV_DOCKER_1", "FROM a:1\nEXPOSE 20-30/tcp\n", "fail"],
    ["22 of UDP", "CKV_DOCKER_1", "FROM a:1\nEXPOSE 22/udp\n", "pass"],
    ["sudo in a here-document", "CKV2_DOCKER_1", "FROM a:1\nRUN <<EOF\nset -e\nsudo make\nEOF\n", "fail"],
    ["sudo in the exec form of a shell", "CKV2_DOCKER_1", 'FROM a:1\nRUN ["sh", "-ec", "a && sudo b"]\n', "fail"],
    ["sudo as an argument", "CKV2_DOCKER_1", "FROM a:1\nRUN apt-get install -y sudo\n", "pass"],
    ["sudo after a continued line with a comment", "CKV2_DOCKER_1", "FROM a:1\nRUN a && \\\n  # b\n  sudo c\n", "fail"],
    ["curl with -k among other letters", "CKV2_DOCKER_2", "FROM a:1\nRUN curl -fskL https://example.com\n", "fail"],
    [
      "update and install in one heredoc",
      "CKV_DOCKER_5",
      "FROM a:1\nRUN <<EOF\napt-get update\napt-get install -y x\nEOF\n",
      "pass",
    ],
    ["apk update alone", "CKV_DOCKER_5", "FROM a:1\nRUN apk update\n", "fail"],
    ["a variable path", "CKV_DOCKER_10", "FROM a:1\nWORKDIR ${HOME}/x\n", "pass"],
    ["stage names that differ in case", "CKV_DOCKER_11", "FROM a:1 AS Build\nFROM b:1 AS build\n", "fail"],
    ["a health check that is switched off", "CKV_DOCKER_2", "FROM a:1\nHEALTHCHECK NONE\n", "fail"],
    [
      "a variable before a command",
      "CKV2_DOCKER_6",
      "FROM a:1\nRUN A=1 NODE_TLS_REJECT_UNAUTHORIZED='0' node x\n",
      "fail",
    ],
    ["a variable with a longer name", "CKV2_DOCKER_6", "FROM a:1\nENV XNODE_TLS_REJECT_UNAUTHORIZED=0\n", "pass"],
  ])("%s", (_name, alias, text, expected) => {
    expect(verdict(alias, text)).toBe(expected);
  });
});

describe("commandsOf", () => {
  const words = (script: string) => commandsOf(script).map((command) => command.words.join(" "));

  it.each([
    ["a; b && c || d | e & f\ng", ["a", "b", "c", "d", "e", "f", "g"]],
    ["if a; then b; else c; fi", ["a", "b", "c"]],
    ["(cd x && make)", ["cd x", "make"]],
    ["echo \"a; b\" 'c && d'", ["echo a; b c && d"]],
    ["a > out 2>&1 && b", ["a > out 2>&1", "b"]],
    ["x=$(curl -k y) && z", ["z", "curl -k y"].sort()],
    ['echo "$(sudo a)"', ["echo $(sudo a)", "sudo a"]],
    ["a # b; c\nd", ["a", "d"]],
    ["time nohup a -b", ["a -b"]],
  ])("takes %j apart", (script, expected) => {
    const found = words(script).filter((text) => text !== "");
    expect([...found].sort()).toEqual([...expected].sort());
  });

  it("keeps assignments apart from the program", () => {
    expect(commandsOf("A=1 B='x y' env C=3 make all")).toEqual([
      { environment: { A: "1", B: "x y", C: "3" }, words: ["make", "all"] },
    ]);
    expect(commandsOf("export A=1 B=2")[0]?.environment).toEqual({ A: "1", B: "2" });
  });
});
