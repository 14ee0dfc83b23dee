-- What the planner never asks about is not measured. Conditions look at members of these documents, never at a whole one,
-- so how they are distributed tells nothing; comparing them took six sevenths of each ANALYZE of receipts.
ALTER TABLE "receipts" ALTER COLUMN "inputs" SET STATISTICS 0, ALTER COLUMN "outcome" SET STATISTICS 0, ALTER COLUMN "rejected" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "activities" ALTER COLUMN "data" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "touches" ALTER COLUMN "attribution" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "changes" ALTER COLUMN "data" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "audit_log" ALTER COLUMN "before" SET STATISTICS 0, ALTER COLUMN "after" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "form_submissions" ALTER COLUMN "payload" SET STATISTICS 0, ALTER COLUMN "context" SET STATISTICS 0, ALTER COLUMN "spam" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "leads" ALTER COLUMN "metadata" SET STATISTICS 0, ALTER COLUMN "external_ids" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "lead_field_sources" ALTER COLUMN "sources" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "lead_score_history" ALTER COLUMN "parts" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "assignments" ALTER COLUMN "explanation" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "messages" ALTER COLUMN "content" SET STATISTICS 0, ALTER COLUMN "data" SET STATISTICS 0, ALTER COLUMN "decision" SET STATISTICS 0, ALTER COLUMN "tally" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ALTER COLUMN "body" SET STATISTICS 0, ALTER COLUMN "attempts" SET STATISTICS 0;
