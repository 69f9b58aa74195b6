"""Background work: a queue in Redis, tasks that each call one service, and the worker that runs them."""
