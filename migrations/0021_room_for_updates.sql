-- A submission is written three times: stored, claimed, ended. With room on its page the claim stays there and touches no
-- index; on full pages each claim wrote a row elsewhere and a new entry into five indexes. It holds for new pages.
ALTER TABLE "form_submissions" SET (fillfactor = 50);
