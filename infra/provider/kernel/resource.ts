import type { z } from "zod";
import type { Database, Sql } from "../postgres/database.ts";
import type { ManagementApi } from "../supabase/management-api.ts";
import type { Path } from "./path.ts";

export type Inputs = Record<string, unknown>;

/** Facts are stored in state, which may drop a null; so "nothing" is an empty text or list. */
export type Fact = string | number | boolean | Fact[] | { [key: string]: Fact };
export type Facts = { [key: string]: Fact };

/** What a resource works with during one request. */
export interface Context {
  /** Statements of the request's transaction; read-only while Pulumi reads, checks or previews. */
  readonly sql: Sql;
  readonly database: Database;
  readonly api: ManagementApi;
  readonly urn: string;
  /** Shows the user a warning beside the resource. */
  warn(message: string): void;
  /** Tells the user something beside the resource. */
  info(message: string): void;
}

/** What is known of an object from Pulumi's state; `observed` are the facts right after our own last change. */
export interface KnownState<I, F> {
  inputs: I;
  observed: F;
}

/** What an object is like now, told as inputs that would make it and as facts to compare. */
export interface LiveState<I, F> {
  inputs: I;
  facts: F;
}

export interface InputProblem {
  path: Path;
  reason: string;
}

/** Inputs that are computed from the others, and what is wrong with those. */
export interface Derivation {
  inputs?: Inputs;
  problems?: InputProblem[];
}

/** What holds for changes from outside that stay until somebody undoes them. */
export interface Unrepaired<F> {
  /** The facts that `apply` does not put back: as observed before, or as they are now where that has been settled. */
  baseline(observed: F, live: F): Facts;
  /** What the user can do. */
  readonly advice: string;
}

/**
 * One kind of object that Pulumi manages. Change is told by comparing new inputs with old inputs; drift by comparing
 * live facts with those observed after our own last change. A user's text is compared with Postgres's rendering of it once,
 * when an object is imported, by `sameMeaning`.
 */
export interface Resource<I extends Inputs = Inputs, F extends Facts = Facts> {
  /** Type token without the package, e.g. "CronJob". */
  readonly kind: string;
  /** What a message calls it, e.g. "cron job". */
  readonly noun: string;
  /** Shape of the inputs without their defaults. */
  readonly schema: z.ZodType<I>;
  /** Values of inputs that were not given. */
  readonly defaults: Partial<I>;
  /** Inputs that make another object when they change. */
  readonly identity: readonly (keyof I & string)[];
  /** Inputs that say how to work and nothing about the object, so they are never compared. */
  readonly workingInputs?: readonly (keyof I & string)[];
  /** Inputs that are secret whatever the program says. */
  readonly secretInputs?: readonly (keyof I & string)[];
  /** Inputs as which a preview shows a drifted fact. */
  readonly shownAs: Partial<Record<keyof F & string, readonly (keyof I & string)[]>>;
  /** For an object of which `apply` makes new parts, and does not put back what somebody changed. */
  readonly unrepaired?: Unrepaired<F>;
  /** Several stacks may need the object: one that exists is used as it is, and never dropped by us. */
  readonly shared?: boolean;
  /** False if `apply` and `remove` do not run in one transaction (HTTP, or several transactions). */
  readonly atomic: boolean;
  /** SQLSTATEs of `apply` that mean: the object must be dropped and made anew, in one transaction. */
  readonly remakeOn?: readonly string[];

  id(inputs: I): string;
  /** Computes inputs in check, from valid ones; those a preview does not know yet are absent. */
  derive?(context: Context, inputs: Partial<I>, old: I | undefined): Promise<Derivation>;
  /** In a preview that makes or changes the object: tells the user what the inputs will come to, with `info`. */
  foretell?(context: Context, inputs: Partial<I>, old: Partial<I> | undefined): Promise<void>;
  /**
   * Of the inputs that differ, those that say the same in other words, so that taking over what is there, or another
   * layout, is no change. Asked with a known state; inputs that a preview does not know yet are absent from `after`.
   */
  sameMeaning?(
    context: Context,
    before: Partial<I>,
    after: Partial<I>,
    observed: F,
  ): Promise<readonly (keyof I & string)[]>;
  /** Undefined if there is no such object. `known` is absent while importing. */
  read(context: Context, id: string, known: Partial<KnownState<I, F>>): Promise<LiveState<I, F> | undefined>;
  /**
   * Makes the object as the inputs say, from nothing or from `live`. What the inputs leave open stays, or comes back to,
   * what was observed. `dropped` is what was there, if it was dropped just now to be made anew.
   */
  apply(
    context: Context,
    inputs: I,
    live: LiveState<I, F> | undefined,
    known: KnownState<I, F> | undefined,
    dropped?: LiveState<I, F>,
  ): Promise<void>;
  /** Removes the object; that it is gone already is fine. */
  remove(context: Context, id: string, known: KnownState<I, F>, ownedByUs: boolean): Promise<void>;
}
