import { describe, expect, it } from "@jest/globals";
import { readWorkflows } from "../../../../src/core/read/workflows/read.ts";

const read = (text: string, path = ".github/workflows/ci.yml") =>
  readWorkflows([{ path, bytes: new TextEncoder().encode(text) }]).stacks[0]?.resources[0];

describe("readWorkflows", () => {
  it.each([
    ["on: push", { push: {} }],
    ["on: [push, pull_request]", { push: {}, pull_request: {} }],
    [
      "'on':\n  push:\n    branches: [main]\n  workflow_dispatch:",
      { push: { branches: ["main"] }, workflow_dispatch: {} },
    ],
  ])("gives the events of %j as an object", (on, events) => {
    expect(read(`${on}\njobs: {}\n`)?.attributes.on).toEqual(events);
  });

  it("names a workflow by its path, and finds what is written in it", () => {
    const workflow = read("name: ci\non: push\njobs:\n  a:\n    steps:\n      - run: make\n");
    expect([workflow?.type, workflow?.address]).toEqual(["github_workflow", ".github/workflows/ci.yml"]);
    if (workflow?.origin.kind !== "code") throw new Error("not from code");
    expect(workflow.origin.locate("jobs.a.steps.0.run")?.range.line).toBe(6);
    expect(workflow.origin.locate("on.push")?.range.line).toBe(2);
  });

  it("reads composite actions", () => {
    expect(read("name: x\nruns:\n  using: composite\n  steps: []\n", "tool/action.yml")?.type).toBe("github_action");
  });
});
