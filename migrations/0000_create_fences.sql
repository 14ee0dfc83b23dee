-- Two roles that nobody logs in as. Requests and jobs of one workspace become leadwell_app for the length of a
-- transaction; sweeps over all workspaces become leadwell_sweep, which may only read due work.
DO $$ BEGIN
  CREATE ROLE leadwell_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
--> statement-breakpoint
DO $$ BEGIN
  CREATE ROLE leadwell_sweep NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
--> statement-breakpoint
DO $$ BEGIN
  EXECUTE format('GRANT leadwell_app, leadwell_sweep TO %I', current_user);
EXCEPTION WHEN insufficient_privilege THEN NULL; -- a member already, or a superuser: the first transaction would tell
END $$;
--> statement-breakpoint
DO $$ BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO leadwell_app, leadwell_sweep', current_schema());
END $$;
--> statement-breakpoint
-- Row-level security as the second fence around a tenant table, the same for all: forced for the owner too, and
-- "no workspace set" means no rows, never an error. `privileges` leaves out what nobody may do to the table.
CREATE FUNCTION fence_tenant_table(tenant_table regclass, privileges text DEFAULT 'SELECT, INSERT, UPDATE, DELETE', swept boolean DEFAULT false, tenant_column text DEFAULT 'workspace_id')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format('CREATE POLICY workspace_fence ON %s TO leadwell_app USING (%I = nullif(current_setting(''app.workspace_id'', true), '''')::uuid)', tenant_table, tenant_column);
  EXECUTE format('GRANT %s ON %s TO leadwell_app', privileges, tenant_table);
  IF swept THEN
    EXECUTE format('CREATE POLICY sweep_read ON %s FOR SELECT TO leadwell_sweep USING (true)', tenant_table);
    EXECUTE format('GRANT SELECT ON %s TO leadwell_sweep', tenant_table);
  END IF;
END $$;
