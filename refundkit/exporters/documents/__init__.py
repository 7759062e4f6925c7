"""Documents for people outside the shop: the audit document of a case and its verification."""
