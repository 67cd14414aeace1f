// Stands in for the type-only import of Supabase's Edge Runtime declarations: there is nothing to run in it.
export {};
