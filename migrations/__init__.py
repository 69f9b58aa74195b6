"""The schema's history; ``index.schema`` runs it."""
