"""Every operation of the service, once: transports authenticate and call what stands here."""
