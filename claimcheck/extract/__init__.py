"""Document to claims: which sentences state something to check, where one claim ends and the next begins."""
