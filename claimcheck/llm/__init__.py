"""The one door to language models: prompts, replies that fit a schema, kept replies, tries, limits and their bill."""
