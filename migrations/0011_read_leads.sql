ALTER TABLE "leads" ADD COLUMN "email_class" text;--> statement-breakpoint
ALTER TABLE "leads" ADD COLUMN "phone_type" text;--> statement-breakpoint
ALTER TABLE "leads" ADD COLUMN "phone_country" text;--> statement-breakpoint
ALTER TABLE "leads" ADD COLUMN "seniority" text;--> statement-breakpoint
ALTER TABLE "leads" ADD COLUMN "department" text;--> statement-breakpoint
ALTER TABLE "leads" ADD COLUMN "world_region" text;--> statement-breakpoint
ALTER TABLE "leads" ADD COLUMN "currency" text;