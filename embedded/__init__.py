"""The embedded PostgreSQL and Valkey that `xds serve` runs when no URL of another server is given."""
