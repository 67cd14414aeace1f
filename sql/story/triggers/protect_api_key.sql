create or replace trigger protect_api_key
before insert or update of parameters on story.jobs
for each row
when (jsonb_typeof(new.parameters) = 'object' and new.parameters ? 'geminiApiKey')
execute function story.protect_api_key();
