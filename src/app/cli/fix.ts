/** `draco fix`: not reachable until the planner of fixes lies beside it. */
import { type Io, UserError } from "./io.ts";

export async function fix(_args: readonly string[], _io: Io): Promise<number> {
  throw new UserError("fixes are not written yet");
}
