"""Rules beyond the format, each chosen by the team in the manifest's field ``lint``: one rule to a file."""
