"""Messages that Outlook saved (.msg), turned into mails in memory and read as those are."""
