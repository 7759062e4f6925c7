"""Where signing keys and high-water marks are kept outside the store: the system's keyring, or an encrypted file."""
