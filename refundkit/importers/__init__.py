"""Files in: what people really send becomes drafts of requests, or is kept with the reason why not."""
