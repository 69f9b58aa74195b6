"""Three-way merges on meaning: tokens by what they are, wherever each side has put them, in the formatting of ours."""
