import { z } from "zod";
import { statementsOf } from "../postgres/statements.ts";

/** The statement that makes an object, told by its first words only: whatever else it says is Postgres's to judge. */
export function definitionOf(firstWords: RegExp, instead: string) {
  return z
    .string()
    .min(1, "must not be empty")
    .refine((text) => firstWords.test(statementsOf(text)[0] ?? ""), `does not begin as it must; ${instead}`);
}
