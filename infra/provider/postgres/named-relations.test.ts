import { expect, it } from "vitest";
import { createdNames, mentions } from "./named-relations.ts";

it("finds what a script creates, each once, as it is written", () => {
  const script = `
    -- create table commented ();
    CREATE TABLE IF NOT EXISTS public.jobs (id int);
    create table jobs_archive (like public.jobs);
    create unlogged table "Odd ""name""" ();
    create or replace view app."a.b" as select 1;
    create materialized view daily as select 1;
    create type app.mood as enum ('a');
    create domain score as int;
    create sequence if not exists app.numbers;
    create table public.jobs ();
    create temp table scratch ();
    create index on public.jobs (id);
    do $$ begin create table hidden (); end $$;
    select 'create table quoted ()';
  `;
  expect(createdNames(script)).toEqual([
    "public.jobs",
    "jobs_archive",
    '"Odd ""name"""',
    'app."a.b"',
    "daily",
    "app.mood",
    "score",
    "app.numbers",
  ]);
});

it("takes a name for mentioned only as a whole word, in statements and in comments", () => {
  const jobs = { kind: "table", schema: "public", name: "jobs" };
  expect(mentions("drop index if exists i; -- of Jobs", jobs)).toBe(true);
  expect(mentions('alter table "jobs" add a int', jobs)).toBe(true);
  expect(mentions("alter table jobs_archive add a int; select old_jobs", jobs)).toBe(false);
  expect(mentions("select b(c", { ...jobs, name: "b(c" })).toBe(true);
});

it("tells a relation from its namesake in another schema", () => {
  const jobs = { kind: "table", schema: "story", name: "jobs" };
  expect(mentions("alter table Story.jobs add a int", jobs)).toBe(true);
  expect(mentions('comment on table "story"."jobs" is null', jobs)).toBe(true);
  expect(mentions("-- It stays. Jobs are kept.", jobs)).toBe(true);
  expect(mentions("alter table flashcards.jobs add a int", jobs)).toBe(false);
  expect(mentions('alter table "other".jobs add a int', jobs)).toBe(false);
});
