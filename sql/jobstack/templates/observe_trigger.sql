-- One of the triggers of an observed queue's table: once for each statement, whatever the number of rows.
-- Placeholders: {{trigger}} is its name, {{event}} is insert, update or delete, {{rows}} are its transition tables,
-- {{table_schema}} and {{table}} are the job table, {{schema}} and {{function}} the function rendered from observe.sql.
create or replace trigger {{trigger}}
after {{event}} on {{table_schema}}.{{table}}
referencing {{rows}}
for each statement
execute function {{schema}}.{{function}}();
