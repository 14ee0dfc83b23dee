ALTER TABLE "idempotency_keys" ALTER COLUMN "status" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ALTER COLUMN "headers" SET NOT NULL;--> statement-breakpoint
-- The hourly clean-up looks for old answers in all workspaces; of an answer it may see nothing but its age.
CREATE POLICY sweep_read ON idempotency_keys FOR SELECT TO leadwell_sweep USING (true);
--> statement-breakpoint
GRANT SELECT (workspace_id, created_at) ON idempotency_keys TO leadwell_sweep;
