-- The insert trigger of a queue's table: once for each statement, whatever the number of rows.
-- Placeholders: {{trigger}} is its name, {{table_schema}} and {{table}} are the job table, {{schema}} and {{function}}
-- the function rendered from on_insert.sql.
create or replace trigger {{trigger}}
after insert on {{table_schema}}.{{table}}
referencing new table as new_rows
for each statement
execute function {{schema}}.{{function}}();
