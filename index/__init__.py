"""SQL: the tables, the mirror of each repository, and every query over both."""
