"""Files that come with a request."""
