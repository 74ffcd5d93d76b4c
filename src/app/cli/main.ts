/** The root of the command line: picks a subcommand and loads it. Knows their names and summaries, nothing more. */
import { nearest } from "../../core/approve/nearest.ts";
import { type Io, type Run, UserError } from "./io.ts";

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Run>;
}

export const COMMANDS: readonly Entry[] = [
  {
    name: "scan",
    summary: "Scan Terraform, CloudFormation, Kubernetes, Dockerfiles and workflows",
    load: async () => (await import("./scan.ts")).scan,
  },
  {
    name: "fix",
    summary: "Mend what a fixer can mend, in the files",
    load: async () => (await import("./fix.ts")).fix,
  },
  {
    name: "rules",
    summary: "List the rules, or explain one",
    load: async () => (await import("./rules.ts")).rules,
  },
  {
    name: "start",
    summary: "Run the server and its workers",
    load: async () => (await import("./start.ts")).start,
  },
  {
    name: "demo",
    summary: "See the whole loop on this machine, without any account",
    load: async () => (await import("./demo.ts")).demo,
  },
  {
    name: "doctor",
    summary: "Check everything that Draco needs, and say what to do",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "migrate",
    summary: "Bring the database up to date",
    load: async () => (await import("./migrate.ts")).migrate,
  },
  {
    name: "history",
    summary: "Print what happened to changes, and check that the record is whole",
    load: async () => (await import("./history.ts")).history,
  },
  {
    name: "export",
    summary: "Write everything that is kept about a person",
    load: async () => (await import("./subject.ts")).exportSubject,
  },
  {
    name: "purge",
    summary: "Delete everything about a person or a repository, for good",
    load: async () => (await import("./subject.ts")).purge,
  },
  {
    name: "phones",
    summary: "Enrol the phone of an approver",
    load: async () => (await import("./phones.ts")).phones,
  },
];

/** Arguments without node and script; resolves with the exit code. */
export async function main(args: readonly string[], io: Io, version: string): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) {
    io.out(help());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-V") {
    io.out(`${version}\n`);
    return 0;
  }
  if (name === "help") return main([...rest, "--help"], io, version);

  const entry = COMMANDS.find((command) => command.name === name);
  if (!entry) {
    const near = nearest(
      name,
      COMMANDS.map((command) => command.name),
    );
    const what = name.startsWith("-") ? "option" : "command";
    io.err(`draco: there is no ${what} "${name}".${near ? ` Did you mean "${near}"?` : ""} See: draco --help\n`);
    return 2;
  }
  try {
    const run = await entry.load();
    return await run(rest, io);
  } catch (thrown) {
    if (thrown instanceof UserError) {
      io.err(`draco ${name}: ${thrown.message}\n`);
      return thrown.exitCode;
    }
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    io.err(`draco ${name} failed. This is a bug in Draco; please report it with the lines below.\n${stack}\n`);
    return 2;
  }
}

function help(): string {
  const widest = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(widest)}  ${command.summary}`);
  return `Draco finds cloud security and cost problems, proves the fix, and applies exactly what was approved.

Usage: draco COMMAND [options]

Commands:
${lines.join("\n")}

Options:
  -h, --help     Say this, or what a command does: draco COMMAND --help
  -V, --version  Print the version

Examples:
  draco scan                        what is wrong in this directory
  draco scan infra --fail-on medium exit 1 from medium severity up
  draco fix infra --dry-run         show the diff that would mend it
`;
}
