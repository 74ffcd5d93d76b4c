/** What containers of ECS tasks and Batch jobs may do to the machine they run on. */
import type { FixOperation } from "../../model/patch.ts";
import { isUnknown } from "../../model/value.ts";
import { forbidOneOf } from "../checks.ts";
import { jsonAt, toldOf } from "../evaluators/json-text.ts";
import { remove, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import { Block, type View } from "../view.ts";
import { alias, example } from "./shapes.ts";

const TASK = "aws_ecs_task_definition";
const PATH = "container_definitions";

const task = (container: string, ...lines: readonly string[]): string =>
  example(
    TASK,
    'family = "app"',
    ...lines,
    `container_definitions = jsonencode([{
  name  = "app"
  image = "app:1.0"${container}
}])`,
  );

/** Every container of a task must pass. */
function eachContainer(view: View, check: (container: Block) => Verdict): Verdict {
  const definitions = jsonAt(view, PATH);
  if (definitions === "unknown") return undecided(PATH);
  if (!definitions) return notApplicable;
  const { items, complete } = new Block({ list: definitions.value }, "").blocks("list");
  const verdict = allOf(items.map((item) => (isUnknown(item.value) ? undecided() : check(item))));
  if (verdict.status !== "fail" && !complete) return undecided(PATH);
  return toldOf(PATH, verdict);
}

/** CloudFormation's containers arrive with names in snake_case, Terraform's with the API's. */
const either = (container: Block, api: string, snake: string): "unknown" | boolean => {
  const given = container.is(api);
  return given === false ? container.is(snake) : given;
};

/** Writes a member into every container that fails a check; the definitions must be written as jsonencode([…]). */
function inContainers(
  view: View,
  member: string,
  value: boolean,
  wrong: (container: Block) => boolean,
): readonly FixOperation[] | string {
  const definitions = jsonAt(view, PATH);
  if (!definitions || definitions === "unknown") return "The container definitions are not known here.";
  const { items } = new Block({ list: definitions.value }, "").blocks("list");
  return items.flatMap((container, index) => (wrong(container) ? [set(`${PATH}.${index}.${member}`, value)] : []));
}

const DOCS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html";

export const privileged = rule({
  id: "aws-ecs-privileged-container",
  aliases: alias("CKV_AWS_334"),
  title: "ECS container is privileged",
  severity: "high",
  category: "security",
  on: TASK,
  why: "A privileged container has all the rights of root on the machine. Whoever breaks into it owns every container there.",
  remedy: "Set privileged = false, and add the one capability that is needed.",
  references: [DOCS],
  check: (view) =>
    eachContainer(view, (container) => {
      const on = either(container, "privileged", "privileged");
      return verdictOf(
        on === "unknown" ? on : !on,
        undefined,
        `Container ${container.text("name") ?? ""} is privileged`,
      );
    }),
  fix: {
    risk: "disruptive",
    edit: (view) => inContainers(view, "privileged", false, (container) => container.is("privileged") === true),
  },
  bad: task("\n  privileged = true"),
  good: [task(""), task("\n  privileged = false")],
});

export const readOnlyRoot = rule({
  id: "aws-ecs-writable-root",
  aliases: alias("CKV_AWS_336"),
  title: "ECS container can change its own files",
  severity: "low",
  category: "security",
  profile: "strict",
  on: TASK,
  why: "Whoever breaks in can replace programs and leave tools behind. A read-only root file system makes that hard, and finds software that writes where it should not.",
  remedy: "Set readonlyRootFilesystem = true, and mount a volume where the container writes.",
  references: [DOCS],
  check: (view) =>
    eachContainer(view, (container) =>
      verdictOf(
        either(container, "readonlyRootFilesystem", "readonly_root_filesystem"),
        undefined,
        `Container ${container.text("name") ?? ""} can write its root file system`,
      ),
    ),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      inContainers(
        view,
        "readonlyRootFilesystem",
        true,
        (container) => container.is("readonlyRootFilesystem") === false,
      ),
  },
  bad: [task(""), task("\n  readonlyRootFilesystem = false")],
  good: task("\n  readonlyRootFilesystem = true"),
});

export const hostProcesses = rule({
  id: "aws-ecs-host-pid",
  aliases: alias("CKV_AWS_335"),
  title: "ECS task shares the machine's processes",
  severity: "high",
  category: "security",
  on: TASK,
  why: "Containers see and can signal every process of the machine, and read what those were started with. The wall between tasks is gone.",
  remedy: "Leave pid_mode out.",
  references: [DOCS],
  check: (view) =>
    allOf([
      forbidOneOf(view, "pid_mode", ["host"], { message: "Processes are shared with the machine" }),
      eachContainer(view, (container) =>
        forbidOneOf(container, "pidMode", ["host"], { message: "A container asks for the machine's processes" }),
      ),
    ]),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view.text("pid_mode") === "host"
        ? [remove("pid_mode")]
        : "pidMode is written inside of container_definitions: remove it there.",
  },
  bad: task("", 'pid_mode = "host"'),
  good: [task(""), task("", 'pid_mode = "task"')],
});

const JOB = "aws_batch_job_definition";
const PROPERTIES = "container_properties";
const job = (properties: string): string =>
  example(
    JOB,
    'name = "j"',
    'type = "container"',
    `${PROPERTIES} = jsonencode({\n  image = "app:1.0"${properties}\n})`,
  );

export const privilegedJob = rule({
  id: "aws-batch-privileged-job",
  aliases: alias("CKV_AWS_210"),
  title: "Batch job is privileged",
  severity: "high",
  category: "security",
  profile: "strict",
  on: JOB,
  why: "A privileged container has all the rights of root on the machine. Whoever breaks into it owns every job there.",
  remedy: "Set privileged = false in container_properties.",
  references: ["https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html"],
  check(view) {
    const properties = jsonAt(view, PROPERTIES);
    if (properties === "unknown") return undecided(PROPERTIES);
    if (!properties) return notApplicable;
    const on = properties.is("privileged");
    if (on === "unknown") return undecided(PROPERTIES);
    const given = properties.is("Privileged");
    return on || given === true ? fail(PROPERTIES, "The job is privileged") : pass(PROPERTIES);
  },
  fix: { risk: "disruptive", edit: () => [set(`${PROPERTIES}.privileged`, false)] },
  bad: job("\n  privileged = true"),
  good: [job(""), job("\n  privileged = false")],
});
