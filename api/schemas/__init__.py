"""What travels over REST: request bodies and answers, one module per noun."""
