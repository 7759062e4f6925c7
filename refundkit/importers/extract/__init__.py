"""What a message asks for: is it a request, of how much, for what, and why. Pure: text in, findings out."""
