"""The git smart HTTP protocol (gitprotocol-http(5)), both ways, with our own say in every push."""
