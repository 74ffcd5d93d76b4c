/** What a worker remembers of the repositories that it looked at last, so that a push costs what it changed. */
import { TerraformMemory } from "../core/read/terraform/memory.ts";
import { JudgementMemory } from "../core/rules/judgement-memory.ts";

export interface ScanMemory {
  readonly reading: TerraformMemory;
  readonly judgements: JudgementMemory;
}

/** Source text to remember in all. What is made of it takes some ten times as much. */
const MOST_SOURCE_BYTES = 24 * 1024 * 1024;

/** One memory a repository. Those that were used least recently are forgotten first. */
export function scanMemories(mostSourceBytes = MOST_SOURCE_BYTES): (repository: number) => ScanMemory {
  const memories = new Map<number, ScanMemory>();
  return (repository) => {
    const memory = memories.get(repository) ?? {
      reading: new TerraformMemory(mostSourceBytes),
      judgements: new JudgementMemory(),
    };
    memories.delete(repository);
    memories.set(repository, memory);
    let bytes = [...memories.values()].reduce((sum, { reading }) => sum + reading.bytes, 0);
    for (const [oldest, { reading }] of memories) {
      if (bytes <= mostSourceBytes || oldest === repository) break;
      memories.delete(oldest);
      bytes -= reading.bytes;
    }
    return memory;
  };
}
