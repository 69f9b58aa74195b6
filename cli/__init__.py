"""`xds`: serves, and speaks to a service or to a checkout from the command line."""
