"""REST and git over HTTP: authenticate, parse, call a service, shape the answer."""
