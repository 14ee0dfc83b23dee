CREATE TABLE "erasures" (
	"workspace_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"erased_at" timestamp(3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"records" integer NOT NULL,
	CONSTRAINT "erasures_workspace_id_lead_id_pk" PRIMARY KEY("workspace_id","lead_id")
);
--> statement-breakpoint
ALTER TABLE "enrichment_answers" ADD COLUMN "lead_id" uuid;--> statement-breakpoint
CREATE INDEX "enrichment_answers_lead_ix" ON "enrichment_answers" USING btree ("workspace_id","lead_id") WHERE lead_id is not null;
--> statement-breakpoint
SELECT fence_tenant_table('erasures');
--> statement-breakpoint
-- What is left of an address that asked for no more mail: a digest under the secret of this installation, by which the
-- address is recognized when it comes again, and nothing can be sent to.
CREATE FUNCTION erased_address(address text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT 'erased:' || encode(sha256((SELECT secret FROM installation) || convert_to(address, 'UTF8')), 'hex')
$$;
--> statement-breakpoint
-- Receipts, consents and changes are only added to, and requests may change none of them. Erasure goes through these two
-- functions, which do nothing unless the erasure of that lead is on record in the workspace of the transaction. Every
-- statement names the workspace: the owner may be somebody whom no policy stops.
CREATE FUNCTION require_erasure(person uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
BEGIN
  IF NOT EXISTS (SELECT FROM erasures WHERE workspace_id = workspace AND lead_id = person) THEN
    RAISE EXCEPTION 'no erasure of this lead is on record' USING ERRCODE = '42501';
  END IF;
  RETURN workspace;
END $$;
--> statement-breakpoint
CREATE FUNCTION erase_lead_evidence(person uuid, objects uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  workspace uuid := require_erasure(person);
  receipt_count integer;
  consent_count integer;
BEGIN
  DELETE FROM receipts WHERE workspace_id = workspace AND (lead_id = person OR id IN (
    SELECT receipt_id FROM form_submissions WHERE workspace_id = workspace AND id = ANY (objects)));
  GET DIAGNOSTICS receipt_count = ROW_COUNT;
  DELETE FROM consents WHERE workspace_id = workspace AND lead_id = person;
  GET DIAGNOSTICS consent_count = ROW_COUNT;
  RETURN receipt_count + consent_count;
END $$;
--> statement-breakpoint
-- A change stays in its place, or the feed would have a hole; it tells that something happened to whom, and not what.
CREATE FUNCTION blank_changes(person uuid, objects uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  workspace uuid := require_erasure(person);
  blanked integer;
BEGIN
  UPDATE changes SET data = jsonb_build_object(object, jsonb_build_object('id', data -> object -> 'id'),
      'changed_fields', coalesce(data -> 'changed_fields', '[]'), 'previous', '{}'::jsonb, 'erased', true)
    WHERE workspace_id = workspace AND object_id = ANY (objects) AND type <> 'lead.erased';
  GET DIAGNOSTICS blanked = ROW_COUNT;
  RETURN blanked;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION require_erasure, erase_lead_evidence, blank_changes FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION erase_lead_evidence, blank_changes TO leadwell_app;
