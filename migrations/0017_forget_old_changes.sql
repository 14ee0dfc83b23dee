-- The feed is only added to, and requests may delete nothing of it. Its end is forgotten by this function alone, which asks
-- nobody how much: the workspace of the transaction has said how long it keeps changes (nothing said: for ever), the clock
-- is the database's, and what a webhook endpoint has not looked at yet stays. The oldest first, up to the first change that
-- is kept, so that what is left has no hole; one batch a call, so that no transaction is long. The caller reads nothing
-- of it, and every statement names the workspace: the owner may be somebody whom no policy stops.
CREATE FUNCTION forget_old_changes(batch integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
  kept_days integer;
  first_kept bigint;
  forgotten integer;
BEGIN
  SELECT (settings ->> 'change_retention_days')::integer INTO kept_days FROM workspaces WHERE id = workspace;
  IF kept_days IS NULL OR kept_days < 1 THEN RETURN 0; END IF;
  SELECT least(
      (SELECT min(sequence) FROM (SELECT sequence, occurred_at FROM changes WHERE workspace_id = workspace
        ORDER BY sequence LIMIT batch) AS oldest WHERE occurred_at >= now() - make_interval(days => kept_days)),
      (SELECT min(sequence) + 1 FROM webhook_cursors WHERE workspace_id = workspace))
    INTO first_kept;
  DELETE FROM changes WHERE workspace_id = workspace AND sequence IN (
    SELECT sequence FROM changes WHERE workspace_id = workspace AND (first_kept IS NULL OR sequence < first_kept)
    ORDER BY sequence LIMIT batch);
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION forget_old_changes FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION forget_old_changes TO leadwell_app;
