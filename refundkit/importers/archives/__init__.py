"""What a file is by its content, folders of mails, and zip archives, all bounded."""
