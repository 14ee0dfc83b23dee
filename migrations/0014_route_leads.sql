ALTER TABLE "assignments" ADD COLUMN "receipt_id" uuid;--> statement-breakpoint
ALTER TABLE "routing_clocks" ADD COLUMN "people_revision" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "unrouted_leads" ADD COLUMN "teams_version" integer NOT NULL;